import type { DumpRows } from '../../core/dump-manifest.ts';

/** Which files of an unfinished dump are whole. */
export interface DumpJournal {
  /** The file that holds what this statement gives, when an earlier attempt finished it. */
  finished(statement: string): Promise<DumpRows | undefined>;
  finish(statement: string, file: DumpRows | undefined): Promise<void>;
}
