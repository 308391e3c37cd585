/** Vectors of what a newsroom signs: roster, doors, release, commitment, site, manifest, proof bundle. */
import { createHash } from 'node:crypto';
import {
  type Statement,
  formatDoors,
  formatManifest,
  formatProofBundle,
  formatRelease,
  formatSiteStatement,
  formatStatement,
} from '@zajil/format';
import { type Vector, filled, hex, ok, refused } from '../vector.ts';

type Code = Parameters<typeof refused>[2];

const newsroom = 'a1'.repeat(32);
const hash = (digit: string): string => digit.repeat(64);
const vkey = `desk.example/one+0a1b2c3d+${'A'.repeat(44)}`;
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Faults of one text: what is replaced by what. */
function faultsOf(rule: string, text: string): (name: string, expect: Code, comment: string, from: string, to: string) => Vector {
  return (name, expect, comment, from, to) => {
    if (!text.includes(from)) throw new Error(`the text of ${rule} does not hold what ${name} replaces`);
    return refused(rule, name, expect, comment, { text: text.replace(from, to) });
  };
}

export function rosterVectors(): Vector[] {
  const found: Statement = {
    seq: 0,
    prev: '',
    day: '2026-01-01',
    kind: 'found',
    device: { vkey, recipient: hash('1') },
    log: vkey,
    quorum: 1,
    nonce: hash('2'),
  };
  const relay: Statement = { seq: 1, prev: hash('3'), day: '2026-01-01', kind: 'relay', vkey };
  const key = { id: hash('4'), scope: 'day', from: '2026-01-02', until: '2026-01-02', destroyed: '2026-01-16' } as const;
  const intake: Statement = {
    seq: 2,
    prev: hash('3'),
    day: '2026-01-01',
    kind: 'intake',
    keys: [key, { ...key, scope: 'last', until: '2026-12-31' }],
  };
  const text = formatStatement(intake);
  const fault = faultsOf('roster', text);
  const shown = (statement: Statement) => ({ statement, hash: sha256(formatStatement(statement)) });
  return [
    ok('roster', 'founding', 'The first statement; its hash is the name of the newsroom.', { text: formatStatement(found) }, shown(found)),
    ok('roster', 'relay', 'A relay speaks for this newsroom.', { text: formatStatement(relay) }, shown(relay)),
    ok('roster', 'intake', 'Keys to which phones seal.', { text }, shown(intake)),
    fault('wrong-label', 'FORMAT_MAGIC', 'A label of a later version.', 'roster/1', 'roster/2'),
    fault('no-line-end', 'FORMAT_MAGIC', 'The last line does not end.', ']}\n', ']}'),
    fault('third-line', 'FORMAT_MAGIC', 'A line after the statement.', ']}\n', ']}\n\n'),
    fault(
      'keys-in-another-order',
      'FORMAT_JSON',
      'A second spelling of the same value.',
      `"seq":2,"prev":"${hash('3')}"`,
      `"prev":"${hash('3')}","seq":2`,
    ),
    fault('unknown-kind', 'FORMAT_JSON', 'A kind that version 1 does not have.', 'intake', 'outtake'),
    fault('unknown-field', 'FORMAT_JSON', 'Statements hold no names of people.', '"day":', '"name":"x","day":'),
    fault('day-that-is-none', 'FORMAT_JSON', '30 February.', '"until":"2026-01-02"', '"until":"2026-02-30"'),
    fault('hash-in-capitals', 'FORMAT_JSON', 'A second spelling of the same hash.', '4444"', '444A"'),
    fault('negative-number', 'FORMAT_JSON', 'Statement -1.', '"seq":2', '"seq":-1'),
    fault('unknown-scope', 'FORMAT_JSON', 'Keys are for a day, a month, or the last resort.', '"day","from"', '"year","from"'),
  ];
}

export function doorsVectors(): Vector[] {
  const doors = { newsroom, seq: 4, tokens: [hash('1'), hash('2')] };
  const text = formatDoors(doors);
  const fault = faultsOf('doors', text);
  return [
    ok('doors', 'two-tokens', 'Two tokens open the door.', { text }, doors),
    ok('doors', 'closed', 'No token opens it.', { text: formatDoors({ ...doors, tokens: [] }) }, { ...doors, tokens: [] }),
    fault('wrong-label', 'FORMAT_MAGIC', 'Another text of the newsroom.', 'doors', 'site'),
    fault('unsorted', 'FORMAT_ORDER', 'The larger hash first.', `${hash('1')}","${hash('2')}`, `${hash('2')}","${hash('1')}`),
    fault('doubled', 'FORMAT_ORDER', 'One token twice.', hash('2'), hash('1')),
    fault('short-hash', 'FORMAT_JSON', '63 digits.', '2"]', '"]'),
    fault('list-in-a-list', 'FORMAT_JSON', 'A token that is a list.', `"${hash('1')}"`, `["${hash('1')}"]`),
  ];
}

const release = {
  newsroom,
  id: '0123456789abcdef',
  version: 1,
  day: '2026-03-02',
  by: 'زاجل',
  language: 'ar' as const,
  title: 'قصف على السوق',
  body: '',
  media: [
    {
      path: 'media/0123.mp4',
      type: 'video/mp4' as const,
      bytes: 5,
      sha256: hash('5'),
      width: 320,
      height: 240,
      from: 'full' as const,
      commitment: hash('6'),
      index: 7,
    },
  ],
  reviewers: 2,
};

export function releaseVectors(): Vector[] {
  const text = formatRelease(release);
  const fault = faultsOf('release', text);
  const cut = { ...release, media: release.media.map((media) => ({ ...media, from: 'cut' as const, commitment: '', index: -1 })) };
  const shown = (value: typeof release, text: string) => ({ release: value, entry: `zajil-released/1\n${sha256(text)}\n` });
  return [
    ok('release', 'one-video', 'A video whose original was committed to; and its entry in the log.', { text }, shown(release, text)),
    ok(
      'release',
      'before-the-whole',
      'Made from a low cut: nothing was committed to yet.',
      { text: formatRelease(cut) },
      { release: cut, entry: `zajil-released/1\n${sha256(formatRelease(cut))}\n` },
    ),
    fault('wrong-label', 'FORMAT_MAGIC', 'A label of a later version.', 'release/1', 'release/2'),
    fault('path-leaves-the-site', 'FORMAT_JSON', 'A path with two dots.', 'media/0123', '../0123'),
    fault('path-from-the-root', 'FORMAT_JSON', 'A path that begins with a slash.', 'media/', '/media/'),
    fault('version-zero', 'FORMAT_JSON', 'Versions count from 1.', '"version":1', '"version":0'),
    fault('unknown-language', 'FORMAT_JSON', 'Arabic or English.', '"ar"', '"xx"'),
    fault('empty-title', 'FORMAT_JSON', 'A release has a title.', release.title, ''),
    fault('index-without-commitment', 'FORMAT_JSON', 'An index into the log, but of nothing.', hash('6'), ''),
    fault('commitment-without-index', 'FORMAT_JSON', 'A commitment that stands nowhere.', '"index":7', '"index":-1'),
    fault('original-hash', 'FORMAT_JSON', 'The hash of an original never leaves.', '"index":7', `"index":7,"original":"${hash('7')}"`),
  ];
}

export function commitmentVectors(): Vector[] {
  const [salt, original] = [filled(32, 1), filled(32, 2)];
  const commitment = createHash('sha256').update('zajil-original/1\n').update(salt).update(original).digest('hex');
  const text = `zajil-commitment/1\n2026-03-01\n${commitment}\n`;
  const fault = faultsOf('commitment', text);
  return [
    ok(
      'commitment',
      'one-day',
      'To the SHA-256 of an original, under a salt.',
      { text, salt: hex(salt), original: hex(original) },
      { day: '2026-03-01', commitment, opened: commitment },
    ),
    fault('day-that-is-none', 'FORMAT_MAGIC', '30 February.', '03-01', '02-30'),
    fault('wrong-label', 'FORMAT_MAGIC', 'Another entry of the log.', 'commitment', 'released'),
    fault('trailing', 'FORMAT_MAGIC', 'A line after the commitment.', `${commitment}\n`, `${commitment}\nx\n`),
    fault('hash-in-capitals', 'FORMAT_MAGIC', 'A second spelling of the same hash.', commitment, commitment.toUpperCase()),
  ];
}

export function siteVectors(): Vector[] {
  const statement = { newsroom, day: '2026-03-02', files: 2, root: hash('8') };
  const fault = faultsOf('site', formatSiteStatement(statement));
  return [
    ok('site', 'two-files', 'What the newsroom signs over its site.', { text: formatSiteStatement(statement) }, statement),
    fault('wrong-label', 'FORMAT_MAGIC', 'A label of a later version.', 'site/1', 'site/2'),
    fault('day-that-is-none', 'FORMAT_JSON', '31 April.', '03-02', '04-31'),
    fault('fraction', 'FORMAT_JSON', 'Half a file.', '"files":2', '"files":1.5'),
  ];
}

const files = [
  { path: 'ar/index.html', bytes: 5, sha256: hash('9') },
  { path: 'media/0123.mp4', bytes: 6, sha256: hash('5') },
];

export function manifestVectors(): Vector[] {
  const manifest = { v: 1 as const, site: 'a note', roster: 'a chain', files };
  const entries = files.map(({ path, bytes, sha256 }) => `${path}\n${bytes}\n${sha256}\n`);
  const text = formatManifest(manifest);
  const fault = faultsOf('manifest', text);
  return [
    ok('manifest', 'two-files', 'site.json; and the entries of the tree over its files.', { text }, { manifest, entries }),
    fault('unsorted', 'FORMAT_ORDER', 'The first path is larger than the second.', 'ar/index', 'zz/index'),
    fault('doubled', 'FORMAT_ORDER', 'One path twice.', 'ar/index.html', 'media/0123.mp4'),
    fault('path-leaves-the-site', 'FORMAT_JSON', 'A path that begins with two dots.', 'ar/index', '../index'),
    fault('path-with-a-line-end', 'FORMAT_JSON', 'A path that would forge an entry.', 'ar/index', 'ar\\nindex'),
  ];
}

export function proofBundleVectors(): Vector[] {
  const bundle = {
    v: 1 as const,
    roster: 'a chain',
    release: 'a note',
    checkpoint: 'a note',
    released: { index: 8, proof: [hash('1')] },
    commitments: [{ entry: 'an entry', index: 7, proof: [hash('2'), hash('3')] }],
    site: 'a note',
    files: files.map((file, index) => ({ ...file, index, proof: [hash('4')] })),
  };
  const text = formatProofBundle(bundle);
  const fault = faultsOf('proof-bundle', text);
  return [
    ok('proof-bundle', 'one-release', 'All that is needed to check one release offline.', { text }, bundle),
    fault('version-2', 'FORMAT_JSON', 'A version that is not specified.', '"v":1', '"v":2'),
    fault(
      'proof-too-long',
      'FORMAT_JSON',
      '64 hashes: a tree has at most 63 levels.',
      `["${hash('1')}"]`,
      JSON.stringify(Array.from({ length: 64 }, () => hash('1'))),
    ),
    fault('missing-checkpoint', 'FORMAT_JSON', 'A release that stands in no log.', '"checkpoint":"a note",', ''),
    fault('unknown-field', 'FORMAT_JSON', 'A bundle says nothing else.', '"v":1,', '"v":1,"parcel":"",'),
  ];
}
