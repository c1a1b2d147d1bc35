/** How many, and how much. */
export interface ObjectAmount {
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Why an object is copied. `absent`: staging lacks it. `size`, `content`: staging's is another. `headers`: content type, metadata or the like changed at the source.
 */
export type CopyReason = 'absent' | 'size' | 'content' | 'headers';

/** What two objects were found to be the same by. `time`: as large, and staging's is younger; nothing better could be compared. */
export type SameBy = 'etag' | 'checksum' | 'time';

/** What a synchronisation of objects would do. */
export interface ObjectsPlanReport {
  readonly source: ObjectAmount;
  readonly target: ObjectAmount;
  readonly copy: Readonly<Record<CopyReason, ObjectAmount>>;
  readonly same: Readonly<Record<SameBy, number>>;
  /** On staging and not in production. `asked`: they are to be deleted. */
  readonly surplus: ObjectAmount & { readonly asked: boolean };
  /** Objects that can't be read as they are: archived ones. */
  readonly refused: ObjectAmount;
  /** Left out by the configuration's patterns, on production's side. */
  readonly excluded: ObjectAmount;
  /** Too many for this machine, as configured: a job for S3 Batch Operations is written instead. */
  readonly batch: boolean;
  /** The first keys of each kind, to show. */
  readonly examples: { readonly copy: readonly string[]; readonly surplus: readonly string[]; readonly refused: readonly string[] };
}

/** An object that isn't on staging as it is in production, and why. */
export interface UnsyncedObject {
  readonly key: string;
  /** The cloud's code, or `changed`, `archived`, `verify`. */
  readonly code: string;
  readonly reason: string;
}

/** What a synchronisation of objects did. */
export interface ObjectsReport {
  readonly plan: ObjectsPlanReport;
  readonly copied: ObjectAmount;
  /** How: within S3, or through this machine. */
  readonly way: 'server-side' | 'streamed' | 'none' | 'batch-job';
  /** Why it wasn't done within S3, where that was tried. */
  readonly whyStreamed?: string;
  readonly deleted: ObjectAmount;
  /** Objects that changed at the source while it was copied, and were copied again. */
  readonly changed: number;
  /** Found when both sides were listed again afterwards; absent where nothing was copied because a job does it. */
  readonly verified?: { readonly objects: number; readonly bytes: number; readonly by: Readonly<Record<SameBy, number>> };
  /** All of them; `unsynced` names the first 1,000. */
  readonly unsyncedCount: number;
  readonly unsynced: readonly UnsyncedObject[];
  /** Whether staging keeps old versions: then what was deleted or replaced still takes space. Absent where the identity may not know. */
  readonly versioned?: boolean;
  readonly durationMs: number;
  /** Files in the given folder. */
  readonly files: readonly string[];
}

/** Keys that rows name and staging's bucket lacks. */
export interface ReferencesReport {
  readonly named: number;
  /** Of distinct keys. */
  readonly missingCount: number;
  /** The first 100, with the place that names them, and whether production lacks them as well. */
  readonly missing: readonly { readonly key: string; readonly place: string; readonly alsoInProduction: boolean }[];
}
