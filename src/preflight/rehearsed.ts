import type { LockMode, RecordedRelation, Recording } from '../core/recording.ts';
import type { RunSummary } from '../core/run-summary.ts';

/** A table that the migrations will lock. */
export interface TableToLock {
  /** Schema-qualified, quoted where needed. */
  readonly table: string;
  readonly modes: readonly LockMode[];
  /** Whether rows are updated or deleted: then whoever changed the same rows is waited for, too. */
  readonly changesRows: boolean;
  /** On the clone, before. */
  readonly bytes?: number;
}

/** What is known of the migrations' doings from the recording of their rehearsal. */
export interface Rehearsed {
  readonly tables: readonly TableToLock[];
  /** Why there may be further tables; absent where all are known. */
  readonly incomplete?: string;
  /** Something is built CONCURRENTLY: it waits for every older snapshot in the database. */
  readonly waitsForSnapshots: boolean;
  /** Relations that are written anew or made, each with the table whose size decides its own. */
  readonly written: readonly { readonly name: string; readonly table: string; readonly bytes?: number }[];
  readonly walBytes?: number;
  /** The most that the migrations are expected to take in production. */
  readonly windowMs?: number;
}

/** Reads from a run's summary what its migrations will do; pure. Nothing was recorded: then nothing is known, and that is said. */
export function rehearsedOf({ recording, cost }: Pick<RunSummary, 'recording' | 'cost'>): Rehearsed {
  if (recording === undefined) {
    return { tables: [], incomplete: 'the rehearsal recorded nothing (record.enabled)', waitsForSnapshots: true, written: [] };
  }
  const incomplete = whyIncomplete(recording);
  return {
    tables: tablesOf(recording),
    ...(incomplete === undefined ? {} : { incomplete }),
    waitsForSnapshots: recording.statements.some(({ text }) => /\bconcurrently\b/i.test(text)),
    written: writtenOf(recording),
    ...(cost?.cost.wal.complete === true && { walBytes: cost.cost.wal.value }),
    ...(cost !== undefined && cost.window.partial === undefined && { windowMs: cost.window.highMs }),
  };
}

/** Locks that could not be read at all. Of a tool's own questions, which wrote nothing, it doesn't matter: they wait for nobody but who has a table to himself. */
function whyIncomplete({ unobserved, statements }: Recording): string | undefined {
  const questions: ReadonlySet<string | undefined> = new Set(['SELECT', 'SHOW', 'SET']);
  const doing = statements.filter(({ tag, wal }) => !questions.has(tag) || wal?.bytes !== 0);
  const lacking = [...unobserved, ...doing.flatMap((statement) => statement.unobserved)].find(({ what }) => what === 'locks' || what === 'objects');
  return lacking === undefined ? undefined : `not all locks of the rehearsal are known: ${lacking.why}`;
}

function tablesOf(recording: Recording): readonly TableToLock[] {
  const relations = new Map(recording.relations.map((relation) => [relation.oid, relation]));
  const found = new Map<number, { modes: Set<LockMode>; changesRows: boolean }>();
  const of = (oid: number) => {
    const table = relations.get(oid)?.table ?? oid;
    const known = found.get(table) ?? { modes: new Set<LockMode>(), changesRows: false };
    found.set(table, known);
    return known;
  };
  for (const { locks = [], written = [] } of recording.statements) {
    for (const { relation, mode } of locks) of(relation).modes.add(mode);
    for (const { relation, updated, deleted, inserted } of written) {
      const table = of(relation);
      if (updated + deleted > 0) table.changesRows = true;
      if (updated + deleted + inserted > 0) table.modes.add('RowExclusiveLock');
    }
  }
  for (const { relation, mode } of recording.locks) of(relation).modes.add(mode);
  return [...found]
    .flatMap(([oid, { modes, changesRows }]): TableToLock[] => {
      const relation = relations.get(oid);
      if (relation === undefined || !relation.existedBefore || !lockable.has(relation.kind) || (modes.size === 0 && !changesRows)) return [];
      return [{ table: relation.name, modes: [...modes].sort(), changesRows, ...(relation.bytesBefore === undefined ? {} : { bytes: relation.bytesBefore }) }];
    })
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

const lockable: ReadonlySet<RecordedRelation['kind']> = new Set(['table', 'partitioned table', 'materialized view', 'foreign table']);

function writtenOf(recording: Recording): Rehearsed['written'] {
  const relations = new Map(recording.relations.map((relation) => [relation.oid, relation]));
  const nameOf = (oid: number) => relations.get(oid)?.name ?? `relation ${oid}`;
  const rewritten = recording.statements.flatMap(({ rewrites = [] }) => rewrites);
  const anew = rewritten.map(({ relation, bytesAfter, bytesBefore }) => {
    const known = relations.get(relation);
    const bytes = bytesAfter ?? known?.bytesAfter ?? bytesBefore;
    return { name: nameOf(relation), table: nameOf(known?.table ?? relation), ...(bytes === undefined ? {} : { bytes }) };
  });
  const isAnew = new Set(rewritten.map(({ relation }) => relation));
  const made = recording.relations
    .filter(({ oid, existedBefore, kind }) => !existedBefore && (kind === 'index' || kind === 'table' || kind === 'materialized view') && !isAnew.has(oid))
    .map(({ name, table, oid, bytesAfter }) => ({ name, table: nameOf(table ?? oid), ...(bytesAfter === undefined ? {} : { bytes: bytesAfter }) }));
  return [...anew, ...made];
}
