/** The words around a release, in both languages. Plain sentences; what is not proved is said as plainly as what is. */
import type { MediaChoice, ReleaseLanguage, ReleaseMedia } from '@zajil/format';

export interface Wording {
  readonly dir: 'rtl' | 'ltr';
  readonly name: string;
  readonly front: string;
  readonly newest: string;
  readonly nothing: string;
  readonly older: string;
  readonly feed: string;
  readonly writtenIn: Record<ReleaseLanguage, string>;
  readonly releasedBy: string;
  readonly released: string;
  readonly version: string;
  readonly superseded: string;
  readonly earlier: string;
  readonly media: string;
  readonly warning: string;
  readonly kind: Record<ReleaseMedia['type'], string>;
  readonly show: string;
  readonly save: string;
  readonly changed: string;
  readonly made: Record<MediaChoice, string>;
  readonly held: string;
  readonly heldBy: (day: string) => string;
  readonly notHeld: string;
  readonly fingerprint: string;
  readonly behind: string;
  readonly review: string;
  readonly check: string;
  readonly checkSteps: readonly [string, string, string];
  readonly proof: string;
  readonly verifyPage: string;
  readonly limit: string;
  readonly newsroom: string;
  readonly quiet: string;
}

const en: Wording = {
  dir: 'ltr',
  name: 'English',
  front: 'Front page',
  newest: 'Newest first',
  nothing: 'Nothing has been released yet.',
  older: 'Older',
  feed: 'Feed',
  writtenIn: { ar: 'in Arabic', en: 'in English' },
  releasedBy: 'Released by',
  released: 'Released',
  version: 'Version',
  superseded: 'A newer version of this page exists:',
  earlier: 'Earlier versions:',
  media: 'Pictures and sound',
  warning: 'Before you look: this may show or let you hear violence, injury or death. Nothing loads until you open it.',
  kind: { 'video/mp4': 'Video', 'image/jpeg': 'Picture', 'audio/mp4': 'Sound' },
  show: 'open',
  save: 'Save the file',
  changed: 'How it was changed',
  made: {
    full: 'Made anew from the whole original: a new file, re-encoded, all metadata removed. It is not the original, byte for byte.',
    cut: 'Made from the small copy that was sent ahead of the original: low quality, a new file, re-encoded, all metadata removed.',
    glance: 'Made from a single still that was sent ahead of the original: a new file, re-encoded, all metadata removed.',
  },
  held: 'The original',
  heldBy: (day) => `The newsroom committed to the original in its log by ${day}.`,
  notHeld: 'No commitment to an original stands behind this: the original had not arrived whole.',
  fingerprint: 'SHA-256',
  behind: 'What stands behind this',
  review: 'Review',
  check: 'How to check this yourself',
  checkSteps: [
    'Save this page or one of its files, and the proof.',
    'Open the checking page, which also works offline, and give it both. Best take that page from someone you trust.',
    'Compare the newsroom’s name on this page with one you got another way: from a book, a friend, another site.',
  ],
  proof: 'Proof file',
  verifyPage: 'Checking page',
  limit: 'This proves who released what, and when by the newsroom’s own word. It does not prove that what it says is true.',
  newsroom: 'Newsroom',
  quiet: 'This page is one file. It runs no program, sets no cookie and asks nobody else for anything.',
};

const ar: Wording = {
  dir: 'rtl',
  name: 'العربية',
  front: 'الصفحة الأولى',
  newest: 'الأحدث أولًا',
  nothing: 'لم يُنشر شيء بعد.',
  older: 'الأقدم',
  feed: 'الخلاصة',
  writtenIn: { ar: 'بالعربية', en: 'بالإنكليزية' },
  releasedBy: 'نشرتها',
  released: 'تاريخ النشر',
  version: 'النسخة',
  superseded: 'هناك نسخة أحدث من هذه الصفحة:',
  earlier: 'نسخ سابقة:',
  media: 'صور وأصوات',
  warning: 'قبل أن تنظر: قد تُظهر المواد التالية أو تُسمِع عنفًا أو إصابات أو موتًا. لا يُحمَّل شيء منها حتى تفتحه بنفسك.',
  kind: { 'video/mp4': 'فيديو', 'image/jpeg': 'صورة', 'audio/mp4': 'صوت' },
  show: 'افتح',
  save: 'احفظ الملف',
  changed: 'ما الذي تغيّر فيها',
  made: {
    full: 'صُنعت من الأصل كاملًا: ملف جديد أُعيد ترميزه وأُزيلت منه كل البيانات الوصفية. وهو ليس مطابقًا للأصل بايتًا ببايت.',
    cut: 'صُنعت من النسخة الصغيرة التي أُرسلت قبل الأصل: جودة منخفضة، ملف جديد أُعيد ترميزه وأُزيلت منه كل البيانات الوصفية.',
    glance: 'صُنعت من لقطة واحدة أُرسلت قبل الأصل: ملف جديد أُعيد ترميزه وأُزيلت منه كل البيانات الوصفية.',
  },
  held: 'الأصل',
  heldBy: (day) => `سجّلت غرفة الأخبار التزامها بالأصل في سجلّها في موعد أقصاه ${day}.`,
  notHeld: 'لا التزام بأصلٍ وراء هذه المادة: لم يكن الأصل قد وصل كاملًا.',
  fingerprint: 'SHA-256',
  behind: 'ما الذي يسند هذه المادة',
  review: 'المراجعة',
  check: 'كيف تتحقق بنفسك',
  checkSteps: [
    'احفظ هذه الصفحة أو أحد ملفاتها، ومعه ملف الإثبات.',
    'افتح صفحة التحقق، وهي تعمل دون اتصال أيضًا، وأعطها الملفين. والأفضل أن تأخذها ممن تثق به.',
    'قارن اسم غرفة الأخبار على هذه الصفحة باسمٍ وصلك من طريق آخر: كتاب أو صديق أو موقع آخر.',
  ],
  proof: 'ملف الإثبات',
  verifyPage: 'صفحة التحقق',
  limit: 'هذا يثبت من نشر وماذا نشر، أما متى فبحسب قول غرفة الأخبار نفسها. وهو لا يثبت أن المكتوب صحيح.',
  newsroom: 'غرفة الأخبار',
  quiet: 'هذه الصفحة ملف واحد: لا تشغّل أي برنامج، ولا تضع ملف ارتباط (كوكي)، ولا تطلب شيئًا من أي موقع آخر.',
};

export const wordings: Record<ReleaseLanguage, Wording> = { ar, en };

export function otherLanguage(language: ReleaseLanguage): ReleaseLanguage {
  return language === 'ar' ? 'en' : 'ar';
}
