/** Arabic: the language of a newsroom, addressed without gender where Arabic allows it. A dispatch is feminine (رسالة). */
import type { Wording } from './english.ts';

const plural = new Intl.PluralRules('ar');

type Forms = Record<Intl.LDMLPluralRule, string>;

function files(n: number): string {
  const forms: Forms = { zero: 'لا ملفات', one: 'ملف واحد', two: 'ملفان', few: `${n} ملفات`, many: `${n} ملفًا`, other: `${n} ملف` };
  return forms[plural.select(n)];
}

function releasesOf(n: number): string {
  const forms: Forms = {
    zero: 'لم يُنشر شيء من هذه الرسالة.',
    one: 'نُشرت هذه الرسالة مرة واحدة.',
    two: 'نُشرت هذه الرسالة مرتين.',
    few: `نُشرت هذه الرسالة ${n} مرات.`,
    many: `نُشرت هذه الرسالة ${n} مرة.`,
    other: `نُشرت هذه الرسالة ${n} مرة.`,
  };
  return forms[plural.select(n)];
}

function damaged(n: number): string {
  const forms: Forms = {
    zero: 'سجلات الخزنة سليمة.',
    one: 'سجل واحد من سجلات الخزنة تالف.',
    two: 'سجلان من سجلات الخزنة تالفان.',
    few: `${n} سجلات من الخزنة تالفة.`,
    many: `${n} سجلًا من سجلات الخزنة تالفة.`,
    other: `${n} سجل من سجلات الخزنة تالفة.`,
  };
  return forms[plural.select(n)];
}

export const arabic: Wording = {
  direction: 'rtl',
  comma: '، ',
  otherLanguage: 'English',
  desk: 'مكتب التحرير',
  sections: 'أقسام المكتب',
  loading: 'جارٍ فتح المكتب…',
  skip: 'انتقل إلى المحتوى',

  foundTitle: 'تأسيس غرفة أخبار',
  foundLead: 'مكانها هذا الحاسوب، في مجلد واحد مقفل بعبارة سر. لا تحتاج إلى حساب، ولا تملكها شركة ولا خادم.',
  newsroomName: 'الاسم الذي تنشرون به',
  memberName: 'اسمك في هذا المكتب (لا يخرج منه أبدًا)',
  found: 'تأسيس الغرفة',
  founding: 'جارٍ صنع المفاتيح…',
  passphraseTitle: 'عبارة السر',
  passphraseLead: 'اكتبها على ورقة الآن، فلن تظهر مرة أخرى. من دونها لن يفتح هذا المكتبَ أحد، ولا حتى أنت.',
  passphraseDone: 'كتبتها',

  unlockTitle: 'هذا المكتب مقفل',
  passphrase: 'عبارة السر',
  unlock: 'فتح',
  unlocking: 'جارٍ الفتح…',
  showPassphrase: 'إظهار ما أكتبه',
  lock: 'إقفال',
  useAddress: 'افتح المكتب من العنوان الذي ظهر عند تشغيله، أو افتحه هنا بعبارة السر.',

  inbox: 'الوارد',
  emptyInbox: 'لم يصل شيء بعد.',
  emptyInboxHint: 'أنشئ دعوة وافتحها على هاتف.',
  newMark: 'جديد',
  newDispatch: 'وصلت رسالة جديدة.',
  newUrgent: 'وصلت رسالة عاجلة.',
  wordsHere: 'وصلت كلمات رسالة.',
  wholeHere: 'اكتمل وصول ملف أصلي.',
  wordsOnly: 'كلمات فقط',
  dispatch: 'الرسالة',
  noWords: 'الكلمات لا تزال في الطريق.',
  withoutWords: 'أُرسلت بلا كلمات.',
  urgent: 'عاجل',
  arrived: 'وصلت',
  written: 'كُتبت، بحسب ساعة الهاتف،',
  place: 'المكان بحسب المُرسِل',
  claimed: 'كل ما هنا قول المُرسِل، ولم يُتحقق من شيء منه بعد.',
  back: 'العودة إلى الوارد',
  pick: 'اختر رسالة.',
  files,
  file: (n: number) => `الملف ${n}`,
  kinds: { photo: 'صورة', video: 'فيديو', sound: 'صوت', other: 'ملف' },
  layers: { words: 'الكلمات', glance: 'لقطة', cut: 'مقطع قصير', whole: 'الأصل كاملًا' },
  layersOfPhoto: { words: 'الكلمات', glance: 'لقطة', cut: 'نسخة أصغر', whole: 'الأصل كاملًا' },
  segmentsOf: (told: string) => `الموجود هنا: ${told}`,
  layerStates: { none: 'لا شيء بعد', part: 'في الطريق', all: 'هنا' },
  wholes: {
    announced: 'أُعلن عن الأصل ولم يصل منه شيء بعد.',
    arriving: 'الأصل في الطريق.',
    complete: 'الأصل كامل، مطابق بايتًا ببايت.',
    contradicted: 'كل الأجزاء هنا، لكنها ليست ما قال الهاتف إنه أرسله. لا تستعملها، واطلبها من جديد.',
  },
  committed: (day: string) => `في سجل غرفة الأخبار التزام به منذ \u2066${day}\u2069.`,
  show: 'إظهار',
  showHint: 'مغطاة إلى أن تختار إظهارها',
  hide: 'تغطية',
  sheet: 'لقطات مجمّعة',
  cover: 'تغطية كل شيء',
  covered: 'غُطّيت كل الصور وأُوقف كل صوت.',
  play: 'فتح المشغّل',
  closePlayer: 'إغلاق المشغّل',
  muted: 'لا يبدأ شيء من تلقاء نفسه، والصوت مكتوم: شغّله من المشغّل.',
  soundOnly: 'هذا تسجيل صوتي. يُسمع حين تضغط زر التشغيل.',
  partial: 'ما زال يصل: يمكن مشاهدة ما وصل منه حتى الآن.',
  unplayable: 'لا يستطيع هذا المتصفح عرضه. قد يكون ناقصًا أو من نوع لا يعرفه. ما وصل محفوظ كما هو.',
  custody: 'سلسلة الحيازة',
  exportTitle: 'تسليم الملفات الأصلية',
  exportFolder: 'مجلد جديد على هذا الحاسوب',
  export: 'تصدير',
  exporting: 'جارٍ التصدير…',
  exported: (n: number) => `تم التصدير بايتًا ببايت، مع البراهين: ${files(n)}.`,

  releaseTitle: 'النشر',
  releaseLead: 'تُصنع مواد جديدة بلا بيانات وصفية ويُتحقق منها؛ أما الأصل فلا يخرج أبدًا. قد يُعرَف من يُرى أو يُسمع فيها: شاهد كل ثانية أولًا.',
  title: 'العنوان',
  body: 'النص',
  language: 'لغة العنوان والنص',
  from: 'مصدر المواد',
  froms: { full: 'من الأصل', cut: 'من المقطع القصير', glance: 'لقطة واحدة' },
  release: 'نشر على الموقع',
  releasingNow: 'جارٍ إعداد النشر…',
  steps: { making: 'تُصنع مواد جديدة', signing: 'جارٍ التوقيع', publishing: 'جارٍ بناء الموقع' },
  stepOf: (done: number, of: number) => `${done} من ${of}`,
  released: 'نُشرت',
  releasedBefore: releasesOf,
  releaseAgain: 'نشر مرة أخرى',
  releases: 'المنشورات',
  noReleases: 'لم يُنشر شيء بعد.',
  press: 'بناء الموقع العام',
  pressing: 'جارٍ بناء الموقع…',
  pressed: (n: number) => `الموقع جاهز، وفيه ${files(n)}.`,
  cannotRelease: 'لا شيء هنا بعد يمكن نشره.',

  invite: 'دعوة',
  inviteTitle: 'دعوة مراسل',
  inviteLead: 'دعوة واحدة لمراسل واحد. سلّمها حيث لا يراها أحد غيره.',
  label: 'تسمية، لهذا المكتب فقط',
  relay: 'عنوان المرحِّل',
  plain: 'السماح بخط غير مشفّر (للشبكات المغلقة والتجارب فقط)',
  makeInvitation: 'إنشاء الدعوة',
  making: 'جارٍ إنشاء الدعوة…',
  invitation: 'الدعوة',
  copy: 'نسخ',
  copied: 'نُسخت. وتصل إليها كل البرامج التي تقرأ الحافظة.',
  notCopied: 'لم يسمح المتصفح بالنسخ. حدّد الرابط وانسخه يدويًا.',
  notReached: 'لم يُبلَّغ المرحِّل بها بعد، ولا تعمل الدعوة إلا بعد ذلك. ستُعاد المحاولة تلقائيًا.',
  qr: 'الدعوة رمزًا مربّعًا تقرؤه كاميرا الهاتف',
  invitations: 'الدعوات السابقة',
  newsroom: 'غرفة الأخبار',
  nameLead: 'هذا اسمها الذي يقارنه القرّاء. أوصله إليهم بأكثر من طريق.',
  relays: 'المرحِّلات',
  relayStates: { new: 'لم يُجرَّب بعد', reached: 'متصل', unreachable: 'لا يجيب', refused: 'يرفض' },
  relayTroubles: {
    unreachable: 'لا يجيب. ما هنا محفوظ، والهواتف تحتفظ بما لديها. ستُعاد المحاولة تلقائيًا.',
    refused: 'يرفض غرفة الأخبار. ما هنا محفوظ. اسأل مشغّله: هل يخدم هذه الغرفة، وهل لديه متّسع؟',
  },
  damaged,
  lost: 'برنامج المكتب لا يجيب. ما حُفظ سليم؛ شغّله من جديد.',
  putAway: 'إخفاء',
};
