/**
 * Atom feeds (RFC 4287), one per language. `updated` after `published` is how a correction shows. Links are relative,
 * so that a mirror's feed leads to the mirror; ids are UUIDs made from the newsroom's name, so that they do not.
 */
import { createHash } from 'node:crypto';
import type { ReleaseLanguage } from '@zajil/format';
import type { Edition } from './cleared-release.ts';
import { firstDay } from './edition.ts';
import { excerpt } from './front-page.ts';
import { html, type Markup, toText } from './html.ts';
import type { Newsroom } from './sheet.ts';

const feedEntries = 50;

/** @param day - the day of the site, `YYYY-MM-DD`: when the feed last changed at the latest */
export function printFeed(editions: readonly Edition[], newsroom: Newsroom, language: ReleaseLanguage, day: string): Uint8Array {
  const feed = html` <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
    <id>${stableId(newsroom.name, language)}</id>
    <title>${newsroom.by}</title>
    <updated>${instant(editions[0]?.release.day ?? day)}</updated>
    <author><name>${newsroom.by}</name></author>
    <link rel="self" type="application/atom+xml" href="feed.${language}.xml" />
    <link rel="alternate" type="text/html" hreflang="${language}" href="${language}/index.html" />
    ${editions.slice(0, feedEntries).map((edition) => entry(edition, newsroom, language))}
  </feed>`;
  return new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?>\n${toText(feed)}\n`);
}

function entry(edition: Edition, newsroom: Newsroom, language: ReleaseLanguage): Markup {
  const { release, stem } = edition;
  return html` <entry xml:lang="${release.language}">
    <id>${stableId(newsroom.name, release.id)}</id>
    <title>${release.title}</title>
    <published>${instant(firstDay(edition))}</published>
    <updated>${instant(release.day)}</updated>
    <link rel="alternate" type="text/html" href="${language}/${stem}.html" />
    <summary>${excerpt(release.body)}</summary>
  </entry>`;
}

function instant(day: string): string {
  return `${day}T00:00:00Z`;
}

/** A UUID of version 8 (RFC 9562 section 5.8) from the first 128 bits of a SHA-256. */
function stableId(newsroom: string, what: string): string {
  const hex = createHash('sha256').update(`zajil-feed/1\n${newsroom}\n${what}\n`).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
