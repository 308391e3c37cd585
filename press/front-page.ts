/** The front pages: one in both languages, one in each, and a page of titles for each month past. */
import type { ReleaseLanguage } from '@zajil/format';
import { releaseLanguages } from '@zajil/format';
import { spellMonth } from './amount.ts';
import type { Edition } from './cleared-release.ts';
import { html, type Markup } from './html.ts';
import { time } from './release-page.ts';
import { type Newsroom, printSheet } from './sheet.ts';
import { otherLanguage, wordings } from './wording.ts';

/** How many releases a front page shows before it points to the months. Keeps it near 14 KB with Arabic excerpts. */
export const frontReleases = 12;
const excerptCharacters = 220;

/** `index.html`: newest first, each title in its own language, with a way to both. */
export function printDoor(editions: readonly Edition[], newsroom: Newsroom): Uint8Array {
  const twins = { ar: 'ar/index.html', en: 'en/index.html' };
  return printSheet({
    language: 'ar',
    newsroom,
    title: newsroom.by,
    root: '',
    twins,
    masthead: html`<b><bdi>${newsroom.by}</bdi></b>
      <nav>${releaseLanguages.map((language) => languageLink(language, twins[language]))}</nav>`,
    front: true,
    main: html`<main>${doorList(editions.slice(0, frontReleases))}</main>`,
  });
}

function languageLink(language: ReleaseLanguage, href: string): Markup {
  return html`<a href="${href}" lang="${language}" hreflang="${language}">${wordings[language].name}</a>`;
}

function doorList(editions: readonly Edition[]): Markup {
  if (editions.length === 0)
    return html`${releaseLanguages.map((language) => html`<p lang="${language}" dir="${wordings[language].dir}">${wordings[language].nothing}</p>`)}`;
  return html` <ul class="news">
    ${editions.map(
      ({ release, stem }) =>
        html` <li lang="${release.language}" dir="${wordings[release.language].dir}">
          <p class="meta">
            ${time(release.day, release.language)}${releaseLanguages.map((language) => languageLink(language, `${language}/${stem}.html`))}
          </p>
          <h2><a href="${release.language}/${stem}.html">${release.title}</a></h2>
          <p>${excerpt(release.body)}</p>
        </li>`,
    )}
  </ul>`;
}

/** `ar/index.html`, `en/index.html`. */
export function printFront(editions: readonly Edition[], newsroom: Newsroom, language: ReleaseLanguage): Uint8Array {
  const words = wordings[language];
  const older = editions.slice(frontReleases);
  return printList(
    newsroom,
    language,
    'index',
    newsroom.by,
    html` <h1 class="meta">${words.newest}</h1>
      ${editions.length === 0 && html`<p>${words.nothing}</p>`}
      <ul class="news">
        ${editions.slice(0, frontReleases).map((edition) => item(edition, language, true))}
      </ul>
      ${
        older.length > 0 &&
        html`<section>
          <h2>${words.older}</h2>
          <ul>
            ${monthLinks(older, language)}
          </ul>
        </section>`
      }`,
  );
}

/** `ar/<YYYY-MM>.html`, `en/<YYYY-MM>.html`: the titles of one month. */
export function printMonth(month: string, editions: readonly Edition[], newsroom: Newsroom, language: ReleaseLanguage): Uint8Array {
  const title = spellMonth(month, language);
  return printList(
    newsroom,
    language,
    month,
    `${title} · ${newsroom.by}`,
    html` <header class="head"><h1>${title}</h1></header>
      <ul class="news">
        ${editions.map((edition) => item(edition, language, false))}
      </ul>`,
  );
}

/** Months that hold releases beyond the front page, newest first, each with all its releases. */
export function monthsOf(editions: readonly Edition[]): Map<string, Edition[]> {
  const needed = new Set(editions.slice(frontReleases).map(monthOf));
  return Map.groupBy(
    editions.filter((edition) => needed.has(monthOf(edition))),
    monthOf,
  );
}

function monthOf({ release }: Edition): string {
  return release.day.slice(0, 7);
}

function monthLinks(older: readonly Edition[], language: ReleaseLanguage): Markup[] {
  return [...new Set(older.map(monthOf))].map((month) => html`<li><a href="${month}.html">${spellMonth(month, language)}</a></li>`);
}

function printList(newsroom: Newsroom, language: ReleaseLanguage, stem: string, title: string, list: Markup): Uint8Array {
  const other = otherLanguage(language);
  return printSheet({
    language,
    newsroom,
    title,
    root: '../',
    twins: { [other]: `../${other}/${stem}.html`, [language]: `${stem}.html` } as Record<ReleaseLanguage, string>,
    head: html`<link rel="alternate" type="application/atom+xml" title="${newsroom.by}" href="../feed.${language}.xml" />`,
    masthead: html`<b
        ><a href="index.html"><bdi>${newsroom.by}</bdi></a></b
      >
      <nav>${languageLink(other, `../${other}/${stem}.html`)}</nav>`,
    front: stem === 'index',
    main: html`<main>${list}</main>`,
  });
}

function item({ release, stem }: Edition, language: ReleaseLanguage, withExcerpt: boolean): Markup {
  const own = html`lang="${release.language}" dir="${wordings[release.language].dir}"`;
  const foreign = release.language !== language && html`<span>${wordings[language].writtenIn[release.language]}</span>`;
  return html` <li>
    <p class="meta">${time(release.day, language)}${foreign}</p>
    <h2 ${own}><a href="${stem}.html">${release.title}</a></h2>
    ${withExcerpt && release.body !== '' && html`<p ${own}>${excerpt(release.body)}</p>`}
  </li>`;
}

/** The first words of a text, cut between words. */
export function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  if (line.length <= excerptCharacters) return line;
  return `${line.slice(0, excerptCharacters).replace(/ [^ ]*$/, '')} …`;
}
