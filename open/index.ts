/** The door of `open`: the only code that turns parcels into plaintext. Node only. */
export { openAge, openAgeStream } from './age.ts';
export { Assembler, type ByteRange, type Completeness, type Placement, placementOf, placeParts } from './assembler.ts';
export { hashOriginal, type StoredParcel } from './hash-original.ts';
export type { HeaderKeys } from './header.ts';
export { formatIdentity, parseIdentity } from './identity-text.ts';
export { createIdentity, type Identity, recipientOf } from './identity.ts';
export { type OpenedParcel, type OpenedPart, openParcel, openWithFileKey } from './parcel.ts';
export { openRange, ParcelReader, type ReadParcel } from './range.ts';
export { type OpenCode, OpenError } from './refusal.ts';
