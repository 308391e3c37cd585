/** Stands at `verify.html` when the checking page itself was not put on the site. */
import { html } from './html.ts';
import { type Newsroom, printSheet } from './sheet.ts';
import { wordings } from './wording.ts';

export function printCheckNotice(newsroom: Newsroom): Uint8Array {
  return printSheet({
    language: 'ar',
    newsroom,
    title: wordings.ar.verifyPage,
    root: '',
    twins: null,
    masthead: html`<b
      ><a href="index.html"><bdi>${newsroom.by}</bdi></a></b
    >`,
    main: html` <main class="body">
      <header class="head"><h1>${wordings.ar.verifyPage}</h1></header>
      <p>ليست صفحة التحقق على هذه المرآة. خذها ممن تثق به، أو استعمل الأمر <code dir="ltr">zajil verify</code>.</p>
      <p lang="en" dir="ltr">
        The checking page is not on this mirror. Take it from someone you trust, or use the command <code>zajil verify</code>.
      </p>
    </main>`,
  });
}
