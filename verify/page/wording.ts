/** Everything that the checking page says, in both languages, under the codes of the recipe. */
import type { ReleaseLanguage } from '@zajil/format';
import { type Alteration, refusals, type SentenceCode, sentences, type VerifyCode } from '../index.ts';

export interface Wording {
  readonly dir: 'rtl' | 'ltr';
  readonly title: string;
  readonly lead: string;
  readonly quiet: string;
  readonly newsroom: string;
  readonly newsroomHelp: string;
  readonly newsroomBad: string;
  readonly files: string;
  readonly filesHelp: string;
  readonly pick: string;
  readonly pickFolder: string;
  readonly drop: string;
  readonly working: string;
  readonly results: string;
  readonly proved: string;
  readonly provedIf: string;
  readonly altered: string;
  readonly notProved: string;
  readonly whatWasProved: string;
  readonly whatItDoesNotSay: string;
  readonly facts: Record<
    'by' | 'title' | 'day' | 'version' | 'reviewers' | 'newsroom' | 'site' | 'media' | 'file' | 'releases' | 'where',
    string
  >;
  readonly compared: string;
  readonly notCompared: string;
  readonly heldBy: string;
  readonly notHeld: string;
  readonly alteration: Record<Alteration, string>;
  readonly broken: string;
  readonly sentences: Record<SentenceCode, string>;
  readonly refusals: Record<VerifyCode, string>;
}

const en: Wording = {
  dir: 'ltr',
  title: 'Check what was released',
  lead: 'Is this page, clip or whole site really what the newsroom released? Find out here, also offline.',
  quiet: 'Nothing you choose leaves this device. This page cannot reach any network.',
  newsroom: 'The newsroom you expect (optional)',
  newsroomHelp: 'Its name: 64 letters and digits that reached you another way than this file did.',
  newsroomBad: 'A name has exactly 64 digits: 0 to 9 and a to f.',
  files: 'What you want to check',
  filesHelp: 'A page or clip together with its proof file (….json), or the whole folder of a site.',
  pick: 'Choose files',
  pickFolder: 'Choose a folder',
  drop: 'or drop them here',
  working: 'Checking…',
  results: 'Results',
  proved: 'Proved',
  provedIf: 'Proved, if this is the newsroom you trust',
  altered: 'Altered',
  notProved: 'Not proved',
  whatWasProved: 'What was proved',
  whatItDoesNotSay: 'What this does not say',
  facts: {
    by: 'Released by',
    title: 'Title',
    day: 'Day',
    version: 'Version',
    reviewers: 'Other people who reviewed it',
    newsroom: 'Newsroom',
    site: 'Site of',
    media: 'Media',
    file: 'File',
    releases: 'Releases',
    where: 'Where',
  },
  compared: 'compared, equal',
  notCompared: 'not given, not compared',
  heldBy: 'The newsroom had committed to the original by {day}.',
  notHeld: 'No original was committed to.',
  alteration: {
    'new-file-from-whole': 'A new file made from the whole original, re-encoded, without metadata.',
    'new-file-from-cut': 'A new file made from the small copy sent ahead, re-encoded, without metadata.',
    'new-file-from-glance': 'A new file made from a single still sent ahead, re-encoded, without metadata.',
  },
  broken: 'This program failed. Nothing is said about your files. Try another browser, or the command zajil verify.',
  sentences,
  refusals,
};

const ar: Wording = {
  dir: 'rtl',
  title: 'تحقّق مما نُشر',
  lead: 'هل هذه الصفحة أو المقطع أو الموقع كله هو حقًا ما نشرته غرفة الأخبار؟ اعرف ذلك هنا، حتى دون اتصال.',
  quiet: 'لا يخرج من هذا الجهاز شيء مما تختاره، ولا تستطيع هذه الصفحة الوصول إلى أي شبكة.',
  newsroom: 'غرفة الأخبار التي تتوقعها (اختياري)',
  newsroomHelp: 'اسمها: 64 خانة من أرقام وحروف، وصلتك من طريق غير الذي وصل منه هذا الملف.',
  newsroomBad: 'الاسم 64 خانة بالضبط: من 0 إلى 9 ومن a إلى f.',
  files: 'ما الذي تريد التحقق منه',
  filesHelp: 'صفحة أو مقطع ومعه ملف الإثبات (‎….json‎)، أو مجلد الموقع كله.',
  pick: 'اختر ملفات',
  pickFolder: 'اختر مجلدًا',
  drop: 'أو أفلتها هنا',
  working: 'جارٍ التحقق…',
  results: 'النتائج',
  proved: 'ثابت',
  provedIf: 'ثابت، إن كانت هذه غرفة الأخبار التي تثق بها',
  altered: 'مُغيَّر',
  notProved: 'غير ثابت',
  whatWasProved: 'ما الذي ثبت',
  whatItDoesNotSay: 'ما الذي لا يثبته هذا',
  facts: {
    by: 'نشرتها',
    title: 'العنوان',
    day: 'اليوم',
    version: 'النسخة',
    reviewers: 'من راجعها من أشخاص آخرين',
    newsroom: 'غرفة الأخبار',
    site: 'الموقع بتاريخ',
    media: 'المواد',
    file: 'الملف',
    releases: 'المنشورات',
    where: 'أين',
  },
  compared: 'قُورن، وهو مطابق',
  notCompared: 'لم يُقدَّم، فلم يُقارَن',
  heldBy: 'سجّلت غرفة الأخبار التزامها بالأصل في موعد أقصاه {day}.',
  notHeld: 'لا التزام بأي أصل.',
  alteration: {
    'new-file-from-whole': 'ملف جديد صُنع من الأصل كاملًا، أُعيد ترميزه دون بيانات وصفية.',
    'new-file-from-cut': 'ملف جديد صُنع من النسخة الصغيرة المرسلة قبل الأصل، أُعيد ترميزه دون بيانات وصفية.',
    'new-file-from-glance': 'ملف جديد صُنع من لقطة واحدة أُرسلت قبل الأصل، أُعيد ترميزه دون بيانات وصفية.',
  },
  broken: 'تعطّل هذا البرنامج، ولا يقول شيئًا عن ملفاتك. جرّب متصفحًا آخر أو الأمر \u2066zajil verify\u2069.',
  sentences: {
    PROVED_NEWSROOM: 'سلسلة مفاتيح غرفة الأخبار كاملة، وهي للغرفة التي سمّيتها.',
    REPORTED_NEWSROOM: 'سلسلة مفاتيح غرفة الأخبار كاملة. لم تذكر أي غرفة أخبار تتوقع.',
    PROVED_RELEASE: 'الكلمات موقّعة من أجهزة غرفة الأخبار (عدد التواقيع: {signatures}).',
    PROVED_LOG: 'المنشور مقيّد في سجل غرفة الأخبار العلني، رقم القيد {index} من {size}.',
    PROVED_COMMITMENTS: 'في السجل نفسه التزام بالأصل (عدد الالتزامات: {count}).',
    PROVED_SITE: 'الموقع بتاريخ {day}، وعدد ملفاته {files}، موقّع من جهاز لغرفة الأخبار.',
    PROVED_FILES: 'قورنت الملفات بايتًا ببايت عبر \u2066SHA-256\u2069 وهي مطابقة لما وُقّع (عددها: {count}).',
    PROVED_WHOLE: 'كل ملفات الموقع هنا، لم يُغيَّر منها شيء ولم يُضف إليها شيء.',
    LIMIT_NO_WITNESS: 'التواريخ بحسب قول غرفة الأخبار نفسها: لم يوقّع سجلَّها شاهدٌ من خارجها بعد.',
    LIMIT_NEWSROOM: 'يستطيع أي أحد أن يؤسس غرفة أخبار بأي عنوان. قارن اسمها باسم وصلك من طريق آخر.',
    LIMIT_TRUTH: 'هذا يثبت من نشر وماذا نشر. ولا يثبت أن ما يقال أو يُعرض صحيح.',
    LIMIT_DERIVED: 'المواد ملفات جديدة صُنعت مما أُرسل. أما أنها تُظهر الشيء نفسه فهو قول غرفة الأخبار بتوقيعها، لا برهان.',
    LIMIT_NO_ORIGINAL: 'لا التزام بأصل لواحدة من المواد على الأقل: لم يكن الأصل قد وصل كاملًا.',
    LIMIT_NO_REVIEWER: 'لم يراجع هذه المادة أحد غير كاتبها.',
    LIMIT_NEWEST: 'يعرف هذا الإثبات الموقع كما كان في {day}. وقد تكون هناك نسخة أحدث.',
    LIMIT_UNSEEN: 'من ملفات هذا المنشور ما لم يُقدَّم، فلا يقال عنه شيء، وعدده {count}.',
  },
  refusals: {
    VERIFY_PROOF: 'لا يستطيع هذا البرنامج قراءة ملف الإثبات: قد يكون تالفًا أو ملفًا آخر. خذه من الصفحة مرة أخرى.',
    VERIFY_ROSTER: 'السلسلة التي تقول من هي غرفة الأخبار لا تصحّ. لا تعتمد على شيء جاء معها.',
    VERIFY_NEWSROOM: 'نشرت هذا غرفة أخبار غير التي سمّيتها. قارن الاسمين قبل أن تعتمد عليه.',
    VERIFY_RELEASE: 'كلمات هذا المنشور غير موقّعة من جهاز لغرفة الأخبار: غُيّرت أو ليست كلماتها.',
    VERIFY_REVIEWERS: 'يدّعي المنشور مراجعين أكثر ممن وقّعوه. لا تعتمد عليه.',
    VERIFY_LOG: 'ليس المنشور في سجل غرفة الأخبار العلني كما يدّعي الإثبات. لا تعتمد عليه.',
    VERIFY_COMMITMENT: 'لا يصحّ الإثبات بأن غرفة الأخبار كان لديها الأصل. لا تعتمد على التاريخ.',
    VERIFY_SITE: 'قائمة ملفات الموقع غير موقّعة من جهاز لغرفة الأخبار: غُيّرت أو ليست قائمتها.',
    VERIFY_TREE: 'ملفات الموقع لا تطابق ما وقّعته غرفة الأخبار. غُيّر الإثبات.',
    VERIFY_ALTERED: 'هذا الملف غُيّر: ليس ما نشرته غرفة الأخبار في هذا العنوان.',
    VERIFY_NOT_PART: 'ليس هذا الملف مما يشمله الإثبات. قد يكون أقدم أو أحدث أو لغيرها.',
    VERIFY_MISSING: 'ينقص الموقعَ ملف. هذه النسخة ليست كاملة.',
    VERIFY_EXTRA: 'هنا ملف لم تضعه غرفة الأخبار في موقعها.',
    VERIFY_NO_PROOF: 'لا إثبات هنا لهذا الملف. خذ ملف الإثبات الذي تشير إليه صفحته (‎proof/….json‎) أو ‎site.json‎، وقدّم الملفين معًا.',
    VERIFY_UNREADABLE: 'تعذّرت قراءة هذا، ولا يقال عنه شيء.',
  },
};

export const wordings: Record<ReleaseLanguage, Wording> = { ar, en };
