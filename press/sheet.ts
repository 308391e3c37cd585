/** The sheet that every page is printed on: head, masthead, footer. */
import type { ReleaseLanguage } from '@zajil/format';
import { html, type Markup, raw, toText } from './html.ts';
import { policy, style } from './style.ts';
import { wordings } from './wording.ts';

/** The name under which the newsroom publishes, and the hash that is its name: 64 hex digits. */
export interface Newsroom {
  readonly by: string;
  readonly name: string;
}

export interface Sheet {
  readonly language: ReleaseLanguage;
  readonly newsroom: Newsroom;
  readonly title: string;
  /** From this page to the site's root: `''` or `../`. */
  readonly root: string;
  /** The same page in each language, relative to this page. */
  readonly twins: Record<ReleaseLanguage, string> | null;
  readonly head?: Markup;
  readonly masthead: Markup;
  /** A front page carries the name larger. */
  readonly front?: boolean;
  readonly main: Markup;
}

const marker = raw(`<style>${style}</style>`);

export function printSheet(sheet: Sheet): Uint8Array {
  const { dir } = wordings[sheet.language];
  return new TextEncoder().encode(
    `<!doctype html>${toText(
      html` <html lang="${sheet.language}" dir="${dir}">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${raw(policy)}" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>${sheet.title}</title>
          ${sheet.twins && twinLinks(sheet.twins)} ${sheet.head} ${marker}
        </head>
        <body>
          <div class="${sheet.front ? 'mast front' : 'mast'}">${sheet.masthead}</div>
          ${sheet.main} ${footer(sheet)}
        </body>
      </html>`,
    )}\n`,
  );
}

function twinLinks(twins: Record<ReleaseLanguage, string>): Markup {
  return html` <link rel="alternate" hreflang="ar" href="${twins.ar}" />
    <link rel="alternate" hreflang="en" href="${twins.en}" />`;
}

function footer({ language, newsroom, root }: Sheet): Markup {
  const words = wordings[language];
  return html` <footer>
    <p>${words.newsroom}: <bdi>${newsroom.by}</bdi><br /><bdi class="id" dir="ltr">${newsroom.name}</bdi></p>
    <p><a href="${root}verify.html">${words.verifyPage}</a> · <a href="${root}feed.${language}.xml">${words.feed}</a></p>
    <p>${words.quiet}</p>
  </footer>`;
}
