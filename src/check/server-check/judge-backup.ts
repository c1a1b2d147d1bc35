import type { ServerCheck } from '../../config/schema.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import type { ServerAnswer } from './server-answer.ts';

type BackupCheck = Extract<ServerCheck, { kind: 'backup' }>;

/** An archive of pg_dump, as far as it was looked at. */
export interface ArchiveReading {
  readonly file: string;
  /** The database that it was made of, as it says itself. */
  readonly database: string;
  /** Milliseconds since 1970: when it was made, or its file was last written where that is earlier. */
  readonly madeAtMs: number;
  /** Tables whose rows it holds, schema.table as pg_restore lists them. */
  readonly tables: readonly string[];
  readonly sizeBytes: number;
  /** Undefined: pg_restore read all of it. Else what it said. */
  readonly unreadable?: string;
}

/** What there is to compare it with. */
export interface BackupScene {
  readonly nowMs: number;
  readonly database: string;
  /** Production's ordinary tables, schema.table. */
  readonly tables: readonly string[];
}

const hourMs = 3_600_000;
/** An archive has its maker's local time, without the zone: no clock is further ahead than this. */
const zonesMs = 14 * hourMs;

/** Whether an archive could be gone back to: it is of this database, young, holds every table's rows, and can be read to its end. */
export function judgeArchive({ maxAgeHours }: BackupCheck, archive: ArchiveReading, { nowMs, database, tables }: BackupScene): ServerAnswer {
  const ageMs = Math.max(0, nowMs - archive.madeAtMs);
  const expected = `an archive of ${database}, not older than ${maxAgeHours} h, with the rows of ${showCount(tables.length, 'table')}, readable to its end`;
  const broken = (found: string, cure: string, lines: readonly string[] = []): ServerAnswer => ({
    ...{ kind: 'broken', found, expected, rootCause: 'rollback', cure, lines },
  });
  const again = `Make a new one: pg_dump -Fc -f ${archive.file} "$DATABASE_URL".`;
  if (archive.unreadable !== undefined) return broken(`${archive.file} can’t be read to its end: ${archive.unreadable}`, again);
  if (archive.database !== database) return broken(`${archive.file} is of the database ${archive.database}`, again);
  if (archive.madeAtMs > nowMs + zonesMs)
    return { kind: 'doubt', reason: `${archive.file} says that it was made at a time which is yet to come`, cure: `Correct the clocks, or: ${again}` };
  if (ageMs > maxAgeHours * hourMs) return broken(`${archive.file} is ${showDuration(ageMs)} old`, again);
  const missing = tables.filter((table) => !archive.tables.includes(table));
  if (missing.length > 0) {
    const without = `${archive.file} lacks the rows of ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more tables` : ''}`;
    return broken(without, again, missing.slice(1, 10));
  }
  const found = `${archive.file}, ${showDuration(ageMs)} old, rows of ${showCount(archive.tables.length, 'table')}`;
  const proof = `${found}: pg_restore read all of it, to nowhere; it was not restored into a server`;
  return { kind: 'holds', found, proof };
}

/** Somebody's word that a backup can be restored: taken for what it is, for as long as it is young. */
export function judgeAttestation({ attestation, maxAgeHours }: BackupCheck, nowMs: number): ServerAnswer {
  if (attestation === undefined) throw new Error('there is no attestation');
  const ageMs = nowMs - Date.parse(attestation.at);
  const expected = `an attestation not older than ${maxAgeHours} h`;
  const cure = 'Restore a backup somewhere, and say so anew in runbook.serverChecks; or name a file.';
  if (ageMs < 0)
    return { kind: 'broken', found: `${attestation.by} says so of ${attestation.at}, which is yet to come`, expected, rootCause: 'rollback', cure };
  if (ageMs > maxAgeHours * hourMs)
    return { kind: 'broken', found: `what ${attestation.by} says is ${showDuration(ageMs)} old`, expected, rootCause: 'rollback', cure };
  const found = `attested by ${attestation.by} at ${attestation.at}: ${attestation.statement}`;
  return { kind: 'holds', found, proof: `${found}. Nothing was looked at: this is no more than their word` };
}
