/**
 * The arrow check: on the resolved module graph, no room imports what the drawing does not allow, nobody goes past a
 * room's door, no circle joins two rooms, and what runs in a browser never reaches Node's own modules.
 *
 * Every kind of import is read by a real parser: static, type-only, re-export, dynamic, `import("…")` in a type.
 * The check fails closed: a file that does not parse, an import that does not resolve or is not a plain string, or a
 * tree without files is a violation.
 */
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { ResolverFactory } from 'oxc-resolver';

export interface ArrowRules {
  /** Folder that holds the rooms. */
  readonly root: string;
  readonly arrowsByRoom: Readonly<Record<string, readonly string[]>>;
  /** Doors whose whole graph must run in a browser, relative to the root. */
  readonly browserDoors: readonly string[];
}

export interface ArrowReport {
  readonly files: number;
  readonly imports: number;
  readonly violations: readonly string[];
}

interface Import {
  readonly specifier: string | null;
  readonly typeOnly: boolean;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const sourcePattern = /\.(?:ts|tsx|mts|mjs|js)$/;
const nodeResolver = new ResolverFactory({ conditionNames: ['node', 'import', 'types'], extensions: [] });
const browserResolver = new ResolverFactory({ conditionNames: ['browser', 'import', 'default'], extensions: [] });

export function checkArrows(rules: ArrowRules): ArrowReport {
  const root = realpathSync(rules.root);
  const violations: string[] = [];
  const edges: Edge[] = [];
  const rooms = Object.keys(rules.arrowsByRoom);
  const files = rooms.flatMap((room) => [...sourcesOf(join(root, room))]);
  let imports = 0;
  for (const file of files) {
    const shown = relative(root, file);
    for (const found of importsOf(file, violations, shown)) {
      imports += 1;
      const edge = judge({ root, file, shown, found, rules, violations });
      if (edge) edges.push(edge);
    }
  }
  if (files.length === 0) violations.push('no source file was found: the check would have proved nothing');
  violations.push(...circles(edges), ...rules.browserDoors.flatMap((door) => reachesNode(root, door)));
  return { files: files.length, imports, violations };
}

function* sourcesOf(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesOf(path);
    else if (sourcePattern.test(entry.name)) yield path;
  }
}

function importsOf(file: string, violations: string[], shown: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) {
    violations.push(`${shown}: does not parse, so its imports are unknown`);
    return [];
  }
  const found: Import[] = [];
  for (const item of parsed.module.staticImports) {
    found.push({ specifier: item.moduleRequest.value, typeOnly: item.entries.length > 0 && item.entries.every((entry) => entry.isType) });
  }
  for (const item of parsed.module.staticExports) {
    for (const entry of item.entries) if (entry.moduleRequest) found.push({ specifier: entry.moduleRequest.value, typeOnly: entry.isType });
  }
  const literal = (node: { type: string; value?: unknown } | null | undefined): string | null =>
    node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null;
  new Visitor({
    ImportExpression: (node) => void found.push({ specifier: literal(node.source), typeOnly: false }),
    TSImportType: (node) => void found.push({ specifier: literal((node as unknown as { source: never }).source), typeOnly: true }),
  }).visit(parsed.program);
  return found;
}

interface Case {
  readonly root: string;
  readonly file: string;
  readonly shown: string;
  readonly found: Import;
  readonly rules: ArrowRules;
  readonly violations: string[];
}

function judge({ root, file, shown, found, rules, violations }: Case): Edge | null {
  if (found.specifier === null) {
    violations.push(`${shown}: imports something computed at run time`);
    return null;
  }
  const specifier = found.specifier.replace(/\?.*$/, '');
  if (isBuiltin(specifier) || specifier.startsWith('virtual:')) return null;
  const path = nodeResolver.sync(dirname(file), specifier).path;
  if (path === undefined) {
    violations.push(`${shown}: "${specifier}" does not resolve`);
    return null;
  }
  const target = relative(root, realpathSync(path));
  const from = roomOf(shown);
  const to = roomOf(target);
  if (target.startsWith('..') || target.split(sep).includes('node_modules') || to === from) return null;
  if (!rules.arrowsByRoom[from]?.includes(to)) violations.push(`${shown}: ${from} may not import ${to}`);
  // What a package exports is its door; a path around the package is not.
  if (specifier !== `@zajil/${to}` && !specifier.startsWith(`@zajil/${to}/`))
    violations.push(`${shown}: "${specifier}" goes past the door of ${to}`);
  return { from, to, typeOnly: found.typeOnly };
}

function roomOf(path: string): string {
  return path.split(sep)[0] ?? '';
}

/** Circles between rooms, type-only imports included: a room must be readable without what comes after it. */
function circles(edges: readonly Edge[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    [...(next.get(from) ?? [])].some((room) => room === goal || (!seen.has(room) && reaches(room, goal, seen.add(room))));
  return [...next.keys()].filter((room) => reaches(room, room)).map((room) => `${room}: stands in a circle of imports`);
}

/** Walks the graph as a browser's bundler would and reports each of Node's modules that it reaches. */
function reachesNode(root: string, door: string): string[] {
  const seen = new Set<string>();
  const violations: string[] = [];
  const walk = (file: string): void => {
    if (seen.has(file) || !sourcePattern.test(file)) return;
    seen.add(file);
    const unread: string[] = [];
    for (const { specifier, typeOnly } of importsOf(file, unread, relative(root, file))) {
      if (specifier === null || typeOnly) continue;
      if (isBuiltin(specifier)) violations.push(`${door}: reaches ${specifier} through ${relative(root, file)}`);
      const path = isBuiltin(specifier) ? undefined : browserResolver.sync(dirname(file), specifier.replace(/\?.*$/, '')).path;
      if (path !== undefined && !path.split(sep).includes('node_modules')) walk(realpathSync(path));
    }
    violations.push(...unread);
  };
  walk(realpathSync(join(root, door)));
  return violations;
}
