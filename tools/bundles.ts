/**
 * The bundle check: what is shipped to phones and relays holds no opening code.
 *
 * Two proofs, each of which alone would do: the list of modules that went into the bundle, and the strings in it. The
 * refusal codes of the rooms that open (`OPEN_…`, `KEYS_…`, `DESK_…`) survive minifying, so finding one names the
 * room that was let in. A check that finds no text, or not the marks that must be there, fails.
 */
import { rolldown } from 'rolldown';

export interface BundleRule {
  /** What must not occur. */
  readonly forbidden: readonly RegExp[];
  /** What must occur, or the check looked at the wrong thing. */
  readonly required: readonly RegExp[];
}

/** @returns one line for each violation */
export function checkBundleText(name: string, text: string, rule: BundleRule): string[] {
  const absent = rule.required
    .filter((mark) => !mark.test(text))
    .map((mark) => `${name}: ${mark.source} is missing, so this is not the bundle that was meant`);
  const present = rule.forbidden.filter((mark) => mark.test(text)).map((mark) => `${name}: holds ${mark.source}, which it must not`);
  return [...absent, ...present];
}

/** Bundles an entry for Node into one text, and lists the modules that went in. */
export async function bundleForNode(entry: string): Promise<{ text: string; modules: string[] }> {
  const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'silent' });
  try {
    const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false, comments: { legal: false } });
    const [chunk] = output;
    return { text: chunk.code, modules: Object.keys(chunk.modules) };
  } finally {
    await bundle.close();
  }
}

/** @returns a line for each module of a room that must not be in the bundle */
export function checkBundleModules(name: string, modules: readonly string[], forbiddenRooms: readonly string[]): string[] {
  if (modules.length === 0) return [`${name}: no module went into it, so nothing is proved`];
  return forbiddenRooms.flatMap((room) =>
    modules
      .filter((path) => path.includes(`/${room}/`) && !path.includes('/node_modules/'))
      .map(() => `${name}: holds a module of ${room}`)
      .slice(0, 1),
  );
}
