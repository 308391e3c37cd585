/** JSON-LD for machines (schema.org NewsArticle). It names the newsroom and never a person or a place. */
import type { ReleaseMedia } from '@zajil/format';
import type { Edition } from './cleared-release.ts';
import { firstDay } from './edition.ts';
import { html, type Markup, raw } from './html.ts';
import type { Newsroom } from './sheet.ts';

const types: Record<ReleaseMedia['type'], string> = { 'video/mp4': 'VideoObject', 'image/jpeg': 'ImageObject', 'audio/mp4': 'AudioObject' };

export function linkedData(edition: Edition, newsroom: Newsroom): Markup {
  const { release } = edition;
  const data = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: release.title,
    inLanguage: release.language,
    datePublished: firstDay(edition),
    dateModified: release.day,
    version: release.version,
    identifier: release.id,
    publisher: { '@type': 'Organization', name: newsroom.by, identifier: newsroom.name },
    ...(release.media.length > 0 && { associatedMedia: release.media.map(mediaObject) }),
  };
  return html`<script type="application/ld+json">
    ${raw(escapeJson(JSON.stringify(data)))}
  </script>`;
}

function mediaObject(medium: ReleaseMedia): Record<string, string> {
  return {
    '@type': types[medium.type],
    contentUrl: `../${medium.path}`,
    encodingFormat: medium.type,
    contentSize: String(medium.bytes),
    sha256: medium.sha256,
  };
}

/** Keeps JSON inside its element: no `<`, `>` or `&` is left, whatever the values hold. */
function escapeJson(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
