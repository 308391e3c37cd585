/** One page for one release in one language: what is said, what stands behind it, and how to check it. At most 14 KB. */
import type { ReleaseLanguage, ReleaseMedia } from '@zajil/format';
import { proofPath } from '@zajil/format';
import { spellBytes, spellDay, spellReviewers } from './amount.ts';
import { type Edition, heldBy } from './cleared-release.ts';
import { html, type Markup } from './html.ts';
import { linkedData } from './linked-data.ts';
import { type Newsroom, printSheet } from './sheet.ts';
import { otherLanguage, type Wording, wordings } from './wording.ts';

/** Printed into `ar/` or `en/`; what surrounds the words is in `language`, the words are in their own. */
export function printRelease(edition: Edition, newsroom: Newsroom, language: ReleaseLanguage): Uint8Array {
  const words = wordings[language];
  const { release, stem } = edition;
  const other = otherLanguage(language);
  return printSheet({
    language,
    newsroom,
    title: `${release.title} · ${newsroom.by}`,
    root: '../',
    twins: { [other]: `../${other}/${stem}.html`, [language]: `${stem}.html` } as Record<ReleaseLanguage, string>,
    head: linkedData(edition, newsroom),
    masthead: html` <b
        ><a href="index.html"><bdi>${newsroom.by}</bdi></a></b
      >
      <nav>
        <a href="index.html">${words.front}</a
        ><a href="../${other}/${stem}.html" lang="${other}" hreflang="${other}">${wordings[other].name}</a>
      </nav>`,
    main: html` <main class="wide">
      <div>${article(edition, language)} ${release.media.length > 0 && mediaSection(edition, language)}</div>
      <aside>${behind(edition, newsroom, language)}${check(edition, words)}</aside>
    </main>`,
  });
}

export function time(day: string, language: ReleaseLanguage): Markup {
  return html`<time datetime="${day}">${spellDay(day, language)}</time>`;
}

function article(edition: Edition, language: ReleaseLanguage): Markup {
  const { release, newer } = edition;
  const words = wordings[language];
  const own = html`lang="${release.language}" dir="${wordings[release.language].dir}"`;
  return html` <article>
    ${
      newer &&
      html`<p class="note">
        ${words.superseded} <a href="${newer.stem}.html"><bdi>${newer.release.title}</bdi></a>
      </p>`
    }
    <header class="head">
      <h1 ${own}>${release.title}</h1>
      <p class="meta">
        <span>${words.releasedBy} <bdi>${release.by}</bdi></span
        ><span>${time(release.day, language)}</span>
      </p>
    </header>
    <div class="body" ${own}>${paragraphs(release.body)}</div>
  </article>`;
}

/** A blank line parts paragraphs, a line break stays one. Nothing in the text is markup. */
export function paragraphs(text: string): Markup[] {
  return text
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map(
      (paragraph) =>
        html`<p>
          ${paragraph
            .trim()
            .split('\n')
            .map((line, i) => html`${i > 0 && html`<br />`}${line}`)}
        </p>`,
    );
}

function mediaSection(edition: Edition, language: ReleaseLanguage): Markup {
  const words = wordings[language];
  return html` <section>
    <h2>${words.media}</h2>
    <p class="note">${words.warning}</p>
    ${edition.release.media.map((medium, i) => figure(edition, medium, i, language))}
  </section>`;
}

function figure(edition: Edition, medium: ReleaseMedia, i: number, language: ReleaseLanguage): Markup {
  const words = wordings[language];
  const name = `${words.kind[medium.type]}${edition.release.media.length > 1 ? ` ${i + 1}` : ''}`;
  const held = heldBy(edition, medium);
  return html` <figure>
    <details>
      <summary><strong>${name}</strong> · <bdi>${spellBytes(medium.bytes, language)}</bdi> · ${words.show}</summary>
      ${player(medium, name)}
    </details>
    <dl class="row">
      <dt>${words.changed}</dt>
      <dd>${words.made[medium.from]}</dd>
      <dt>${words.held}</dt>
      <dd>${held === null ? words.notHeld : words.heldBy(spellDay(held, language))}</dd>
      <dt>${words.fingerprint}</dt>
      <dd><bdi class="id" dir="ltr">${medium.sha256}</bdi><br /><a href="../${medium.path}" download>${words.save}</a></dd>
    </dl>
  </figure>`;
}

/** Nothing is fetched before it is asked for: neither media nor a poster. */
function player(medium: ReleaseMedia, name: string): Markup {
  const source = `../${medium.path}`;
  const size = medium.width > 0 && medium.height > 0 && html`width="${medium.width}" height="${medium.height}"`;
  if (medium.type === 'image/jpeg') return html`<img src="${source}" alt="${name}" loading="lazy" decoding="async" ${size} />`;
  if (medium.type === 'audio/mp4') return html`<audio src="${source}" controls preload="none" aria-label="${name}"></audio>`;
  return html`<video src="${source}" controls preload="none" playsinline aria-label="${name}" ${size}></video>`;
}

function behind(edition: Edition, newsroom: Newsroom, language: ReleaseLanguage): Markup {
  const words = wordings[language];
  const { release, older } = edition;
  return html` <section>
    <h2>${words.behind}</h2>
    <dl>
      <dt>${words.review}</dt>
      <dd>${spellReviewers(release.reviewers, language)}</dd>
      <dt>${words.released}</dt>
      <dd>${time(release.day, language)}</dd>
      <dt>${words.version}</dt>
      <dd>${release.version} · <bdi class="id" dir="ltr">${release.id}</bdi></dd>
      <dt>${words.newsroom}</dt>
      <dd><bdi>${newsroom.by}</bdi><br /><bdi class="id" dir="ltr">${newsroom.name}</bdi></dd>
    </dl>
    ${older.length > 0 && earlier(older, words, language)}
  </section>`;
}

function earlier(older: readonly Edition[], words: Wording, language: ReleaseLanguage): Markup {
  return html` <p class="meta">
    ${words.earlier}
    ${older.map(({ stem, release }) => html` <a href="${stem}.html">${release.version} (${time(release.day, language)})</a>`)}
  </p>`;
}

function check(edition: Edition, words: Wording): Markup {
  return html` <section>
    <h2>${words.check}</h2>
    <ol>
      ${words.checkSteps.map((step) => html`<li>${step}</li>`)}
    </ol>
    <p><a href="../${proofPath(edition.stem)}" download>${words.proof}</a> · <a href="../verify.html">${words.verifyPage}</a></p>
    <p class="note">${words.limit}</p>
  </section>`;
}
