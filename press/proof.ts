/** The proof that stands beside each release: all that is needed to check its pages and media offline. */
import {
  formatProofBundle,
  type ProofBundle,
  proofPath,
  releaseLanguages,
  releaseNotePath,
  type SiteFile,
  toHex,
  utf8,
} from '@zajil/format';
import type { Edition } from './cleared-release.ts';
import type { FileTree } from './file-tree.ts';

type Shared = Pick<ProofBundle, 'roster' | 'checkpoint' | 'site'>;

/** @param files - every file of the tree, in its order */
export function proofFiles(
  editions: readonly Edition[],
  shared: Shared,
  files: readonly SiteFile[],
  tree: FileTree,
): [string, Uint8Array][] {
  const places = new Map(files.map((file, index) => [file.path, { ...file, index }]));
  return editions.map((edition) => {
    const { note, release, released, commitments } = edition.cleared;
    const pages = releaseLanguages.map((language) => `${language}/${edition.stem}.html`);
    const paths = [...pages, releaseNotePath(edition.stem), ...release.media.map(({ path }) => path)];
    const bundle: ProofBundle = {
      v: 1,
      roster: shared.roster,
      release: note,
      checkpoint: shared.checkpoint,
      released: { index: released.index, proof: [...released.proof] },
      commitments: commitments.map(({ entry, index, proof }) => ({ entry, index, proof: [...proof] })),
      site: shared.site,
      files: paths.map((path) => prove(places, path, tree)),
    };
    return [proofPath(edition.stem), utf8(formatProofBundle(bundle))];
  });
}

function prove(places: ReadonlyMap<string, SiteFile & { index: number }>, path: string, tree: FileTree): ProofBundle['files'][number] {
  const place = places.get(path);
  if (!place) throw new RangeError('every page and medium stands in the tree');
  return { path, bytes: place.bytes, sha256: place.sha256, index: place.index, proof: tree.prove(place.index).map((hash) => toHex(hash)) };
}
