/** The door of the desk on Node: the newsroom, its server, and the types of its screen. Nobody imports past it. */
export type * from './api.ts';
export type { CardsTaken, Progress } from './collect/collect.ts';
export type { Exported, ExportedOriginal } from './exhibit/export.ts';
export type { ByteSpan } from './exhibit/read-layer.ts';
export {
  type Invited,
  type LayerContent,
  type NewsroomOptions,
  type ReleasedContent,
  Newsroom,
  openNewsroom,
  openWithKeyring,
} from './newsroom.ts';
export type { ClearedRelease, ForPress } from './release/cleared.ts';
export { type DeskCode, DeskError } from './refusal.ts';
export type { PressSite } from './server/desk.ts';
export { type DeskOptions, type RunningDesk, startDesk } from './server/start-desk.ts';
export { cardChunks } from './tray/card-file.ts';
export type { Card, CardFigures } from './tray/card-reading.ts';
export { type Ask, type WantRequest, mostWantDays } from './wants/note-wants.ts';
