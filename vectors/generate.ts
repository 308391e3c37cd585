/**
 * Writes the vectors: `node vectors/generate.ts`. The same files every time, but for parcels not sealed yet; a test
 * compares them with what is there.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bagVectors, haveVectors, heldVectors, parcelHeadVectors, pieceVectors, promiseVectors } from './make/carriage.ts';
import { acknowledgementVectors, invitationVectors, messageVectors, wantsVectors } from './make/desk.ts';
import { bucketVectors, partVectors, tallyVectors, wordsVectors } from './make/dispatch.ts';
import {
  commitmentVectors,
  doorsVectors,
  manifestVectors,
  proofBundleVectors,
  releaseVectors,
  rosterVectors,
  siteVectors,
} from './make/newsroom.ts';
import { parcelVectors, seal, sealed } from './make/parcel.ts';
import { type Vector, fileText } from './vector.ts';

const root = import.meta.dirname;

/** Every vector, in the order in which `docs/protocol.md` names the rules. */
export function allVectors(): Vector[] {
  const dispatch = [...bucketVectors(), ...parcelVectors(join(root, 'parcel')), ...partVectors(), ...tallyVectors(), ...wordsVectors()];
  const carriage = [...parcelHeadVectors(), ...pieceVectors(), ...bagVectors(), ...haveVectors(), ...heldVectors(), ...promiseVectors()];
  const desk = [...messageVectors(), ...acknowledgementVectors(), ...wantsVectors(), ...invitationVectors()];
  const signed = [...rosterVectors(), ...doorsVectors(), ...releaseVectors(), ...commitmentVectors()];
  return [...dispatch, ...carriage, ...desk, ...signed, ...siteVectors(), ...manifestVectors(), ...proofBundleVectors()];
}

function write(vector: Vector): void {
  const folder = join(root, vector.rule);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${vector.name}.json`), fileText(vector));
}

if (import.meta.main) {
  for (const one of sealed) if (!existsSync(join(root, 'parcel', `${one.name}.json`))) write(await seal(one));
  const vectors = allVectors();
  for (const rule of new Set(vectors.map((vector) => vector.rule))) {
    const names = new Set(vectors.filter((vector) => vector.rule === rule).map(({ name }) => `${name}.json`));
    mkdirSync(join(root, rule), { recursive: true });
    for (const name of readdirSync(join(root, rule))) if (!names.has(name)) rmSync(join(root, rule, name));
  }
  for (const vector of vectors) write(vector);
  process.stdout.write(`${vectors.length} vectors\n`);
}
