/**
 * Proves that a released file says nothing about its source: exiftool reads it back, and every tag must be one that our
 * encoder writes, with a value that it writes. What is not known is refused, so a new version of a tool fails closed.
 */
import type { Plaintext } from '@zajil/format';
import { DeskError } from '../refusal.ts';
import { readChild } from './child.ts';
import { parseTags } from './sensitive.ts';

const toolMs = 120_000;

const bookkeeping = new Set(['ExifTool', 'System', 'Composite']);

/** Tags whose values are numbers of the picture or sound itself, or constants of the container. */
const harmless = new Set(
  `File:FileType File:FileTypeExtension File:MIMEType File:ImageWidth File:ImageHeight File:EncodingProcess File:BitsPerSample
File:ColorComponents File:YCbCrSubSampling JFIF:JFIFVersion JFIF:ResolutionUnit JFIF:XResolution JFIF:YResolution
QuickTime:MajorBrand QuickTime:MinorVersion QuickTime:CompatibleBrands QuickTime:MovieHeaderVersion QuickTime:TimeScale QuickTime:Duration
QuickTime:PreferredRate QuickTime:PreferredVolume QuickTime:MatrixStructure QuickTime:PreviewTime QuickTime:PreviewDuration
QuickTime:PosterTime QuickTime:SelectionTime QuickTime:SelectionDuration QuickTime:CurrentTime QuickTime:NextTrackID
QuickTime:HandlerType QuickTime:MovieFragmentSequence QuickTime:MediaDataSize QuickTime:MediaDataOffset QuickTime:MediaData
QuickTime:Unknown_mvex QuickTime:Unknown_tfhd QuickTime:Unknown_tfdt QuickTime:Unknown_trun QuickTime:Unknown_mfra QuickTime:Unknown_sidx
Track:TrackHeaderVersion Track:TrackID Track:TrackDuration Track:TrackLayer Track:TrackVolume Track:MatrixStructure Track:ImageWidth
Track:ImageHeight Track:MediaHeaderVersion Track:MediaTimeScale Track:MediaDuration Track:HandlerType Track:GraphicsMode Track:OpColor
Track:CompressorID Track:SourceImageWidth Track:SourceImageHeight Track:XResolution Track:YResolution Track:BitDepth Track:ColorProfiles
Track:ColorPrimaries Track:TransferCharacteristics Track:MatrixCoefficients Track:VideoFullRangeFlag Track:PixelAspectRatio
Track:VideoFrameRate Track:BufferSize Track:MaxBitrate Track:AverageBitrate Track:Balance Track:AudioFormat Track:AudioChannels
Track:AudioBitsPerSample Track:AudioSampleRate Track:AVCConfiguration Track:SampleToChunk Track:SampleSizes Track:ChunkOffset
Track:TimeToSampleTable Track:SyncSampleTable Track:CompositionTimeToSample Track:Unknown_esds Track:Unknown_btrt Track:Unknown_pasp
Track:Unknown_colr Track:Unknown_edts Track:Unknown_elst Track:Unknown_sgpd Track:Unknown_sbgp Track:EditListVersion Track:EditListEntries`
    .split(/\s+/)
    .filter(Boolean),
);

/** Tags that could carry something, with the only values that they may have. */
const fixed = new Map<string, readonly string[]>([
  ['QuickTime:CreateDate', ['0000:00:00 00:00:00']],
  ['QuickTime:ModifyDate', ['0000:00:00 00:00:00']],
  ['Track:TrackCreateDate', ['0000:00:00 00:00:00']],
  ['Track:TrackModifyDate', ['0000:00:00 00:00:00']],
  ['Track:MediaCreateDate', ['0000:00:00 00:00:00']],
  ['Track:MediaModifyDate', ['0000:00:00 00:00:00']],
  ['QuickTime:HandlerVendorID', ['Apple']],
  ['Track:HandlerDescription', ['VideoHandler', 'SoundHandler']],
  ['Track:MediaLanguageCode', ['und']],
  ['Track:CompressorName', ['Lavc libx264', '']],
]);

export interface Proved {
  /** Pixels; 0 for sound. */
  readonly width: number;
  readonly height: number;
}

/** @throws DeskError `DESK_METADATA_LEFT`, `DESK_TOOL_MISSING`, `DESK_MEDIA_…` */
export async function proveBare(released: AsyncIterable<Plaintext>): Promise<Proved> {
  const args = ['-a', '-u', '-G1', '-s', '-ee', '-'];
  const text = await readChild({ tool: 'exiftool', args, input: released, timeoutMs: toolMs, mostBytes: 8 * 1024 * 1024 });
  const tags = parseTags(text, false);
  const size = { width: 0, height: 0 };
  for (const { group, tag, value } of tags) {
    const name = `${group.replace(/^Track\d+$/, 'Track')}:${tag}`;
    if (bookkeeping.has(group)) continue;
    if (!(fixed.get(name)?.includes(value) ?? harmless.has(name))) throw metadataLeft();
    if (/^(?:File|Track):ImageWidth$/.test(name)) size.width = Number(value);
    if (/^(?:File|Track):ImageHeight$/.test(name)) size.height = Number(value);
  }
  if (!tags.some(({ group, tag }) => group === 'File' && tag === 'MIMEType')) throw metadataLeft();
  return size;
}

export function metadataLeft(): DeskError {
  return new DeskError(
    'DESK_METADATA_LEFT',
    'Something about the source, such as place, device or date, could still be read in the new file. It was not released and was destroyed. Release a smaller layer, or take away this file.',
  );
}
