/** The door of `press`: the public site, from cleared things only. Nobody imports past it. */
export type { ClearedMedia, ClearedRelease, LogPlace } from './cleared-release.ts';
export { type Written, writeSite } from './folder.ts';
export { PressError, type PressCode } from './refusal.ts';
export { type BuiltFile, type BuiltSite, buildSite, pageWireBytes, type SiteInput } from './site.ts';
export type { Newsroom } from './sheet.ts';
