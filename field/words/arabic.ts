/** Arabic: short standard Arabic that is near to what is spoken; addressed without gender where Arabic allows it. */
import type { Language } from './english.ts';

const plural = new Intl.PluralRules('ar');

/** Counted nouns follow the number: none, 1, 2, 3–10, 11–99, hundreds. */
const counted: Record<Intl.LDMLPluralRule, (number: string) => string> = {
  zero: () => 'لا ملفات',
  one: () => 'ملف واحد',
  two: () => 'ملفان',
  few: (number) => `${number} ملفات`,
  many: (number) => `${number} ملفًا`,
  other: (number) => `${number} ملف`,
};

export const arabic: Language = {
  direction: 'rtl',
  title: 'ملاحظات',
  otherLanguage: 'English',
  kilobytes: 'ك.ب',
  megabytes: 'م.ب',

  make: 'جديد',
  going: 'الإرسال',
  erase: 'محو',

  photo: 'صورة',
  video: 'فيديو',
  choose: 'اختيار',
  whatHappened: 'ماذا حدث؟',
  where: 'أين؟ (اختياري)',
  urgent: 'عاجل',
  send: 'إرسال',
  sendNothing: 'اكتب كلمات أو أضف صورة أو فيديو.',
  remove: 'إزالة',
  kept: 'ما تصوّره يبقى في معرض صور هذا الهاتف. احذفه بنفسك.',
  files: (count) => counted[plural.select(count)](new Intl.NumberFormat('ar').format(count)),

  nothingGoing: 'لا شيء هنا.',
  segments: { words: 'كلمات', glance: 'لقطة', cut: 'مختصر', whole: 'كامل' },
  segmentStates: {
    none: 'غير موجود',
    here: 'هنا فقط',
    going: 'في الطريق',
    taken: 'استُلم',
    arrived: 'استُلم وسُجّل',
    opened: 'وصل إليهم',
  },
  states: {
    here: 'هنا فقط.',
    going: 'في الطريق.',
    taken: 'استُلم.',
    arrived: 'استُلم وسُجّل.',
    opened: 'وصل إليهم. يمكنك المحو.',
  },
  waiting: 'بانتظار الخط.',
  sent: (size) => `أُرسل ${size}`,
  of: (held, all) => `${held} من ${all}`,
  clear: 'إزالة من القائمة',
  clearFor: (number) => `إزالة الرقم ${number} من القائمة`,
  keepFile: 'أبقِ الصورة أو الفيديو في الهاتف حتى يمتلئ «كامل».',
  keepPage: 'أبقِ هذه الصفحة مفتوحة. لم يكتمل الإقفال بعد.',
  noStorage: 'هذا المتصفح لا يحفظ شيئًا: إذا أُغلقت الصفحة ضاع كل ما لم يُستلم.',
  chooseAgain: (size) => `اختر الملف نفسه مرة أخرى (نحو ${size}).`,
  chooseAgainButton: 'اختيار الملف',
  otherFile: 'هذا ملف آخر. اختر الملف الذي أرسلته.',

  eraseTitle: 'محو كل شيء',
  eraseHold: 'اضغط مطوّلًا',
  eraseWhat: 'يمحو كل ما ينتظر هنا ويمحو الدعوة. لا يمحو معرض الصور.',
  eraseOtherWay: 'لا أستطيع الضغط مطوّلًا',
  eraseNow: 'امحُ الآن',
  eraseCancel: 'رجوع',
  erasing: 'جارٍ المحو',

  invite: 'الصق الرسالة التي أُعطيت لك',
  inviteOpen: 'فتح',
  inviteBroken: 'جزء من هذه الرسالة ناقص. اطلبها مرة أخرى.',
  inviteUnsafe: 'قد يتنصّت أحد على هذا الطريق. اطلب رسالة أخرى.',
  inviteNewer: 'هذه الصفحة أقدم من الرسالة. افتح الرابط الذي فيها.',

  hand: 'باليد',
  handWhat: 'البطاقة تصل حيث لا خط. من يحملها لا يستطيع فتحها، لكنه يرى أنها مقفلة.',
  carryCard: 'إيصال بطاقة',
  saveCard: 'حفظ على بطاقة',
  saveMost: 'كم على الأكثر؟',
  card: {
    reading: (done, all) => `قراءة: ${done} من ${all}.`,
    going: (done, all) => `في الطريق: ${done} من ${all}. أبقِ البطاقة في مكانها.`,
    saving: (done, all) => `حفظ: ${done} من ${all}.`,
    taken: (size) => `استُلم: ${size}.`,
    takenPart: (size) => `أُرسل ما على البطاقة: ${size}. الباقي على بطاقات أخرى؛ احتفظ بهذه.`,
    saved: (size) => `حُفظ: ${size}. وكله باقٍ هنا أيضًا.`,
    savedPart: (size, left) => `حُفظ: ${size}. لا مكان لـ ${left}. وكله باقٍ هنا أيضًا.`,
    nothing: 'لا شيء ينتظر هنا.',
    unknown: 'لا شيء في هذا الملف يمكن إيصاله. اطلب البطاقة مرة أخرى.',
    gone: 'لم تعد البطاقة تُقرأ. أدخلها واخترها من جديد. ما استُلم يبقى مستلمًا.',
    unsaved: 'لم يُحفظ كله. لم يضع شيء هنا. احفظه مرة أخرى.',
  },

  troubles: {
    storage: 'لا مكان في هذا الهاتف. أفرغ بعض المساحة. ما هنا محفوظ.',
    full: 'لا يمكنهم استلام المزيد الآن. ستُعاد المحاولة تلقائيًا.',
    door: 'لم تعد دعوتك صالحة. اطلب دعوة جديدة. ما هنا محفوظ.',
    newsroom: 'بانتظار الخط لإقفال كلماتك. أبقِ هذه الصفحة مفتوحة.',
    unsafe: 'قد يتنصّت أحد على هذا الطريق، فلا يُرسل شيء. اطلب دعوة جديدة.',
    relay: 'شيء ما في الطريق يجيب بغير الصواب. جرّب خطًا آخر. ما هنا محفوظ.',
    expired: 'شيء مما أُرسل بقي طويلًا فأُزيل دون أن يُقرأ. احتفظ بالملف وأرسله مرة أخرى.',
    elsewhere: 'هذه الصفحة مفتوحة في مكان آخر. استعملها هناك.',
    broken: 'حدث خلل هنا. ما أُقفل محفوظ. افتح الصفحة من جديد.',
  },
};
