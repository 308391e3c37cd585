/** One result as a person reads it: the verdict, the facts, what was proved, and what that does not say. */
import type { Evidence, MediaEvidence, ReleaseEvidence, Result, Sentence, VerifyCode } from '../index.ts';
import { fill } from '../index.ts';
import { element, isolated } from './element.ts';
import type { Wording } from './wording.ts';

type Verdict = 'proved' | 'altered' | 'notProved';
type Fact = readonly [string, Node | string];

const alteredCodes: ReadonlySet<VerifyCode> = new Set<VerifyCode>(['VERIFY_ALTERED', 'VERIFY_TREE', 'VERIFY_MISSING', 'VERIFY_EXTRA']);

export function resultView(result: Result, words: Wording): HTMLElement {
  const verdict: Verdict = result.ok ? 'proved' : alteredCodes.has(result.refusal.code) ? 'altered' : 'notProved';
  return element(
    'article',
    { class: verdict },
    element('h3', {}, mark(verdict), result.ok && !result.evidence.expected ? words.provedIf : words[verdict]),
    element('p', { class: 'path' }, isolated(result.path.replace(/\/$/, '') || 'site.json')),
    ...(result.ok ? evidenceView(result.evidence, words) : [refusalView(result.refusal, words)]),
  );
}

/** Told apart by shape as well as by colour. */
function mark(verdict: Verdict): HTMLElement {
  return element('span', { 'aria-hidden': 'true', class: 'mark' }, { proved: '✓', altered: '✕', notProved: '?' }[verdict]);
}

function refusalView({ code, file }: { code: string; file: string | null }, words: Wording): HTMLElement {
  const sentence = element('p', {}, words.refusals[code as VerifyCode]);
  const where = file === null ? null : element('dl', {}, element('dt', {}, words.facts.where), element('dd', {}, isolated(file, 'ltr')));
  return element('div', {}, sentence, where, element('p', { class: 'code' }, isolated(code, 'ltr')));
}

function evidenceView(evidence: Evidence, words: Wording): HTMLElement[] {
  const facts = element(
    'dl',
    {},
    ...factsOf(evidence, words).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
  return [
    facts,
    element('h4', {}, words.whatItDoesNotSay),
    list(evidence.limits, words),
    element('details', {}, element('summary', {}, words.whatWasProved), list(evidence.proved, words)),
  ];
}

function list(sentences: readonly Sentence[], words: Wording): HTMLElement {
  return element('ul', {}, ...sentences.map(({ code, values }) => element('li', {}, say(words.sentences[code], values))));
}

/** Days and numbers keep their own direction inside a sentence of either script (isolates), and stay on one line (word joiners). */
function say(template: string, values: Readonly<Record<string, string | number>>): string {
  return fill(
    template,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, `\u2066${String(value).replaceAll('-', '\u2060-\u2060')}\u2069`]),
    ),
  );
}

function factsOf(evidence: Evidence, words: Wording): Fact[] {
  const newsroom: Fact = [words.facts.newsroom, isolated(evidence.newsroom, 'ltr')];
  if (evidence.kind === 'release') return [...releaseFacts(evidence, words), newsroom];
  if (evidence.kind === 'file')
    return [[words.facts.file, isolated(evidence.path, 'ltr')], [words.facts.site, isolated(evidence.day, 'ltr')], newsroom];
  const titles = evidence.releases.map(({ title, day }) => element('li', {}, isolated(title), ` · `, isolated(day, 'ltr')));
  return [[words.facts.site, isolated(evidence.day, 'ltr')], [words.facts.releases, element('ul', {}, ...titles)], newsroom];
}

function releaseFacts(release: ReleaseEvidence, words: Wording): Fact[] {
  const { facts } = words;
  const title = element('strong', { lang: release.language, dir: 'auto' }, release.title);
  const media = element('ul', {}, ...release.media.map((medium) => mediumView(medium, words)));
  return [
    [facts.title, title],
    [facts.by, isolated(release.by)],
    [facts.day, isolated(release.day, 'ltr')],
    [facts.reviewers, String(release.reviewers)],
    [facts.version, String(release.version)],
    ...(release.media.length > 0 ? [[facts.media, media] as const] : []),
  ];
}

function mediumView({ path, proved, heldBy, alteration }: MediaEvidence, words: Wording): HTMLElement {
  const held = heldBy === null ? words.notHeld : say(words.heldBy, { day: heldBy });
  return element(
    'li',
    {},
    isolated(path, 'ltr'),
    ` · ${proved ? words.compared : words.notCompared}. ${words.alteration[alteration]} ${held}`,
  );
}
