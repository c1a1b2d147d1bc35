import { createHash } from 'node:crypto';
import type { ServerBuild } from '../core/server.ts';

/** What an image was made of, as far as it decides what its clones hold. Two of the same origin and instant are the same image. */
export interface ImageOrigin {
  /** Of a live source host, port and database; of a dump its name. No user, no secret. */
  readonly source: string;
  /** SHA-256 of a dump, so that a changed one is another. */
  readonly contentSha256?: string;
  /** SHA-256 of the decisions about masking; absent: nothing is masked. */
  readonly maskingSha256?: string;
  /** SHA-256 of the team's own SQL that was run on the copy; absent: none was. */
  readonly afterLoadSha256?: string;
  /** Set where the planner's statistics were gathered on the copy; absent: production's own, as far as they can be had. */
  readonly statistics?: 'analyze';
}

/** Changes with every change in how images are made that older ones lack. */
const imageFormat = 2;

/** The content's address: the same for images whose clones are the same. */
export function imageKey(origin: ImageOrigin, build: ServerBuild, settings: Readonly<Record<string, string | number>>, dataAsOf: string): string {
  const sorted = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return addressOf([imageFormat, ...madeOf(origin), ...buildParts(build), sorted, dataAsOf]);
}

/** The same, for images on a server that isn't ours. @param version with its minor release: what a half-made image holds was made by just that one */
export function targetImageKey(
  origin: ImageOrigin,
  { identifier, version }: { readonly identifier: string; readonly version: string },
  dataAsOf: string,
): string {
  return addressOf([imageFormat, ...madeOf(origin), 'target', identifier, version, dataAsOf]);
}

function madeOf({ source, contentSha256, maskingSha256, afterLoadSha256, statistics }: ImageOrigin): readonly (string | null)[] {
  // A dump is known by what is in it, wherever it lies.
  return [contentSha256 ?? source, maskingSha256 ?? null, afterLoadSha256 ?? null, statistics ?? null];
}

function addressOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether an image of the one origin does for the other. */
export function sameOrigin(a: ImageOrigin, b: ImageOrigin): boolean {
  const named = (origin: ImageOrigin) => origin.contentSha256 ?? origin.source;
  return named(a) === named(b) && a.maskingSha256 === b.maskingSha256 && a.afterLoadSha256 === b.afterLoadSha256 && a.statistics === b.statistics;
}

/** Another build may sort text in another way than the indexes in the image. */
export function sameBuild(a: ServerBuild, b: ServerBuild): boolean {
  return JSON.stringify(buildParts(a)) === JSON.stringify(buildParts(b));
}

function buildParts({ kind, major, version, origin }: ServerBuild): readonly (string | number)[] {
  return [kind, major, version, origin];
}
