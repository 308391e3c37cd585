/**
 * What the desk's screen and its server say to each other. Types only: the screen imports this with `import type`.
 *
 * Every route is on the loopback address of `startDesk`, same origin, JSON in and out, `Cache-Control: no-store`. Writes
 * carry `Content-Type: application/json`. An error is `{ code, message }` (`ApiError`) with status 400 (malformed), 401
 * (no session), 404, 409 (not now: locked, not complete, exists), 413, 422 (refused, with reason), 500, 502 (relay) or 507
 * (disk full); the message is made for people. Times are quarter hours since 1970-01-01T00:00Z, rounded down, so
 * `new Date(quarter * 900_000)`.
 *
 * Session: the server prints `http://127.0.0.1:PORT/#KEY`; the screen POSTs KEY once to `/api/session` and gets the cookie
 * (HttpOnly, SameSite=Strict). `POST /api/unlock` and `POST /api/found` set it too. Without it only `GET /`, `GET
 * /api/state`, `/api/session`, `/api/found`, `/api/unlock` answer.
 *
 *     GET  /                                   the screen (one HTML file)
 *     GET  /api/state                          → DeskState
 *     POST /api/session      SessionRequest    → DeskState; sets the cookie; 401 when the key was used or is wrong
 *     POST /api/found        FoundRequest      → FoundAnswer; the generated passphrase is in this answer and nowhere else
 *     POST /api/unlock       UnlockRequest     → DeskState; 422 KEYS_MISTYPED (at once) or KEYS_WRONG_PASSPHRASE (about 1 s)
 *     POST /api/lock         {}                → DeskState
 *     GET  /api/invitations                    → InvitationSummary[]
 *     POST /api/invitations  InviteRequest     → InviteAnswer
 *     POST /api/collect      {}                → CollectFigures (it also runs by itself every few seconds while unlocked)
 *     GET  /api/exhibits                       → ExhibitSummary[], newest arrival first
 *     GET  /api/exhibits/:exhibit              → Exhibit
 *     GET  /api/media/:exhibit/:file/:layer/:view   → the bytes of a layer; honours one `Range`. `layer` is glance, cut or
 *                                              whole; `view` is 0 (a key frame) or, for glance, 1 (a contact sheet). Of what is
 *                                              still arriving, the part that is there without a gap
 *     POST /api/releases     ReleaseRequest    → ReleaseSummary; may take minutes (progress comes as events)
 *     GET  /api/releases                       → ReleaseSummary[], newest first
 *     GET  /api/released/:id/:n                → the n-th released medium, as the world will get it; honours `Range`
 *     POST /api/press        PressRequest      → PressAnswer; builds the public site, when the desk was started with a folder for it
 *     POST /api/exports      ExportRequest     → ExportAnswer
 *     GET  /api/events                         → text/event-stream of DeskEvent (`data: <JSON>`); first one at once; a comment
 *                                              line every 15 s
 */
import type { Layer, MediaChoice, ReleaseLanguage, Words } from '@zajil/format';

export interface ApiError {
  /** Stable, e.g. `DESK_METADATA_LEFT`. */
  readonly code: string;
  readonly message: string;
}

export interface DeskState {
  readonly state: 'unfounded' | 'locked' | 'open';
  /** True when this browser holds a session. */
  readonly session: boolean;
  /** Only while open and with a session, otherwise null. */
  readonly newsroom: NewsroomSummary | null;
}

export interface NewsroomSummary {
  /** The name under which the newsroom publishes. */
  readonly title: string;
  readonly member: string;
  /** Hex, 64 characters: what a reader compares. */
  readonly name: string;
  readonly relays: readonly RelaySummary[];
  /** The relay that `startDesk` was told of, as a first value for the form of a new invitation; or ''. */
  readonly suggestedRelay: string;
  /** Can the site be built here (a folder was given)? */
  readonly canPress: boolean;
  /** Records of the vault that could not be read; 0 when all is well. */
  readonly damaged: number;
}

export interface RelaySummary {
  readonly base: string;
  /** 'new': never reached yet. */
  readonly state: 'new' | 'reached' | 'unreachable' | 'refused';
  /** A sentence when it is not reached, otherwise ''. */
  readonly message: string;
}

export interface SessionRequest {
  readonly key: string;
}

export interface FoundRequest {
  /** 1 to 100 characters. */
  readonly name: string;
  readonly member: string;
  /** Absent: eight words are drawn and given back once. */
  readonly passphrase?: string;
}

export interface FoundAnswer {
  readonly state: DeskState;
  /** The drawn passphrase, or '' when the member chose one. */
  readonly passphrase: string;
}

export interface UnlockRequest {
  readonly passphrase: string;
}

export interface InviteRequest {
  readonly label: string;
  /** Base address, e.g. `https://relay.example`. */
  readonly relay: string;
  /** Allow HTTP without TLS beyond loopback and onion addresses. */
  readonly plain: boolean;
}

export interface InviteAnswer {
  readonly url: string;
  /** An `<svg>` element. */
  readonly qr: string;
  /** Did the relay answer, and does it know the newsroom now? */
  readonly reached: boolean;
  /** What was not possible and what happens next, or ''. */
  readonly message: string;
}

export interface InvitationSummary {
  readonly label: string;
  readonly relay: string;
  /** Day, UTC. */
  readonly made: string;
}

export interface CollectFigures {
  /** Parcels filed in this run. */
  readonly filed: number;
  readonly filedBytes: number;
  /** Already held, e.g. by way of another relay. */
  readonly known: number;
  /** Not for this newsroom, or its key is destroyed. */
  readonly foreign: number;
  /** Malformed, altered, or contradicting what is held. */
  readonly refused: number;
  /** Announced by a relay and not delivered; asked for again next time. */
  readonly owed: number;
  /** Originals that became complete: every part here, SHA-256 as the phone said. */
  readonly completed: number;
  /** Acknowledgements left for phones. */
  readonly acknowledged: number;
  /** Parcels that pieces from several places made whole; each is counted above as well. */
  readonly united: number;
  /** Pieces handed to relays that lacked them. */
  readonly handed: number;
  readonly relays: readonly RelaySummary[];
}

export interface LayerHeld {
  readonly layer: Layer;
  readonly view: number;
  /** Media type, e.g. `image/webp`. */
  readonly type: string;
  /** Bytes here without a gap from the start: what the viewer can show. */
  readonly bytes: number;
  readonly partsHeld: number;
  /** 0 while not known. */
  readonly parts: number;
  /** All parts here; of a whole: and its SHA-256 agrees. */
  readonly complete: boolean;
}

export interface ExhibitFile {
  readonly file: number;
  readonly kind: 'photo' | 'video' | 'sound' | 'other';
  /** As the contact's phone said; '' while the words are not here. */
  readonly type: string;
  readonly name: string;
  /** Size of the original in bytes, as announced; 0 while not known. */
  readonly bytes: number;
  /** SHA-256 of the original, hex; '' until it is complete. */
  readonly sha256: string;
  /** 'announced': only words so far; 'arriving'; 'complete'; 'contradicted': all is here and the SHA-256 differs. */
  readonly whole: 'announced' | 'arriving' | 'complete' | 'contradicted';
  /** Numbers of parts of the original that are missing, when their number is known; at most 1000. */
  readonly missing: readonly number[];
  readonly layers: readonly LayerHeld[];
  /** The day on which the newsroom's log committed to the original, or ''. */
  readonly committed: string;
}

export interface ExhibitSummary {
  /** Eight characters. */
  readonly id: string;
  /** Quarter hour of the first parcel's arrival at a relay. */
  readonly arrived: number;
  /** Of the latest parcel. */
  readonly latest: number;
  readonly words: Words | null;
  readonly files: readonly ExhibitFile[];
  readonly releases: readonly string[];
}

export interface Exhibit extends ExhibitSummary {
  /** Custody in sentences, one a line. */
  readonly custody: readonly string[];
}

export interface ReleaseRequest {
  readonly exhibit: string;
  readonly title: string;
  readonly language: ReleaseLanguage;
  /** From which layer the copies are made. */
  readonly media: MediaChoice;
  readonly body: string;
  /** Which files of the exhibit; absent: all that have the layer. */
  readonly files?: readonly number[];
}

export interface ReleaseSummary {
  /** 16 hex characters. */
  readonly id: string;
  readonly exhibit: string;
  readonly title: string;
  readonly day: string;
  readonly language: ReleaseLanguage;
  readonly media: readonly { readonly type: string; readonly bytes: number; readonly width: number; readonly height: number }[];
}

export type PressRequest = Record<string, never>;

export interface PressAnswer {
  readonly releases: number;
  readonly files: number;
}

export interface ExportRequest {
  readonly exhibit: string;
  /** A folder that does not exist yet, on the desk's machine. */
  readonly out: string;
}

export interface ExportAnswer {
  readonly originals: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[];
  readonly files: number;
  readonly bytes: number;
}

export type DeskEvent =
  /** Ask for the state again. */
  | { readonly kind: 'state' }
  /** Exhibits changed: ask for the list (or this one) again. */
  | { readonly kind: 'exhibits'; readonly ids: readonly string[] }
  | { readonly kind: 'collected'; readonly figures: CollectFigures }
  | { readonly kind: 'releasing'; readonly exhibit: string; readonly step: string; readonly done: number; readonly of: number }
  | { readonly kind: 'releases' };
