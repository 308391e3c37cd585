/** `zajil verify`: anyone checks anything that was published, offline. Exit code 0 only if every thing given is proved. */
import { fromHex, FormatError } from '@zajil/format';
import { type Result, verifyPaths } from '@zajil/verify';
import type { Command } from '../command.ts';
import { jsonOption, type Out, outFor } from '../out.ts';
import { CliError } from '../refusal.ts';

export const verify: Command = {
  spec: {
    name: 'verify',
    help: 'check pages, clips, proofs or whole sites, offline; exit code 0 only if all are proved',
    words: { name: 'PATH', least: 1 },
    options: { newsroom: { value: 'HASH', help: 'the newsroom you expect: 64 hex digits' }, ...jsonOption },
  },
  async run(args) {
    const out = outFor(args);
    const expected = args.text('newsroom');
    const results = await verifyPaths(args.words, expected === undefined ? {} : { newsroom: newsroomName(expected) });
    for (const result of results) tell(result, out);
    const refused = results.filter(({ ok }) => !ok).length;
    out.fact(
      { event: 'verified', proved: results.length - refused, refused },
      refused === 0 ? `proved: ${results.length} of ${results.length}` : `NOT proved: ${refused} of ${results.length}`,
    );
    const first = results.find((result) => !result.ok);
    if (first && !first.ok)
      process.stderr.write(
        `zajil: ${refused} of ${results.length} given things are not proved; do not rely on them. [${first.refusal.code}]\n`,
      );
    return refused === 0 && results.length > 0 ? 0 : 1;
  },
};

function newsroomName(text: string): Uint8Array {
  try {
    return fromHex(text.trim().toLowerCase(), 32);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new CliError('CLI_USAGE', '--newsroom wants the newsroom’s name: 64 hex digits', cause);
  }
}

function tell(result: Result, out: Out): void {
  if (!result.ok) {
    const { code, message } = result.refusal;
    return out.fact({ event: 'path', path: result.path, ok: false, code, message }, `${result.path}: NOT PROVED\n  ${message} [${code}]`);
  }
  const { evidence } = result;
  const lines = [...evidence.proved.map(({ text }) => `  + ${text}`), ...evidence.limits.map(({ text }) => `  - ${text}`)];
  out.fact(
    { event: 'path', path: result.path, ok: true, evidence },
    `${result.path}: proved\n${lines.join('\n')}\n  newsroom ${evidence.newsroom}`,
  );
}
