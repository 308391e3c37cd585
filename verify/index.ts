/** The door of `verify` for every engine: what is published is checked here, offline. Nobody imports past it. */
export * from './evidence.ts';
export { type Content, type Fingerprint, fingerprint } from './fingerprint.ts';
export { type HandedFile, judge, type Result, verifyHanded } from './loose.ts';
export { refusals, VerifyError, type VerifyCode } from './refusal.ts';
export { type Expected, type GivenFile, verifyRelease } from './release.ts';
export { fill, say, type Sentence, type SentenceCode, sentences } from './sentence.ts';
export { type ReadFile, verifyListedFile, verifySite } from './site.ts';
