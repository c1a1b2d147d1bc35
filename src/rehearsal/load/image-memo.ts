import { type MadeImage, readMemo } from '../../cluster/image.ts';
import type { Copied } from '../../copy/copy-database.ts';
import { hashFormat } from '../../core/data.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { type CapturedCatalog, captureFormat } from '../../schema/captured-catalog.ts';

/** What a run has to know of a copy, kept with its image: a run that starts from the image judges by the same as the one that made it. */
export interface ImageMemo {
  readonly format: 1;
  readonly facts: SourceFacts;
  readonly copied: Copied;
  /** What production's catalogs said at the copy's snapshot; absent for dumps. */
  readonly sourceCatalog?: CapturedCatalog;
  /** MD5 over the rows of production's own list of applied migrations; absent for dumps and where there is none. */
  readonly ledgerMd5?: string;
  /** How `copied.report` was hashed; absent where it wasn't, or by an earlier version. */
  readonly hashFormat?: number;
  /** Of the masking that was carried out; absent: nothing was masked. */
  readonly maskingFingerprint?: string;
}

export function writeMemo(memo: Omit<ImageMemo, 'format' | 'hashFormat'>): string {
  return JSON.stringify({ format: 1, ...memo, ...(memo.copied.report.sourceHashes === undefined ? {} : { hashFormat }) } satisfies ImageMemo);
}

/** What a reset has to know of an image that isn't a copy of production, and that nobody uses again for anything else. */
export function writeFactsMemo(facts: SourceFacts): string {
  return JSON.stringify({ format: 1, facts });
}

/** By what a copy of an image's database gets what belongs to the database itself; undefined where that isn't known. */
export function factsOfMemo(text: string | undefined): SourceFacts | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Partial<ImageMemo>).facts;
}

/** Undefined where it is missing, was altered or was written by another version: such an image is not used again. */
export async function memoOf(image: MadeImage): Promise<ImageMemo | undefined> {
  return parseMemo(await readMemo(image));
}

/** As `memoOf`, of the text. */
export function parseMemo(text: string | undefined): ImageMemo | undefined {
  if (text === undefined) return undefined;
  const memo = JSON.parse(text) as Partial<ImageMemo>;
  if (memo.sourceCatalog !== undefined && memo.sourceCatalog.format !== captureFormat) return undefined;
  if (memo.copied?.report.sourceHashes !== undefined && memo.hashFormat !== hashFormat) return undefined;
  return memo.format === 1 && memo.facts !== undefined && memo.copied !== undefined ? (memo as ImageMemo) : undefined;
}
