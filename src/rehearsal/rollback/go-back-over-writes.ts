import { buildInsert, readTemplate } from '../../check/required-tables/build-insert.ts';
import { readTable } from '../../check/required-tables/read-table.ts';
import { isNamed } from '../../check/rollback/compare-tables.ts';
import type { TableVolume } from '../../check/row-bounds/read-row-volumes.ts';
import { tableName } from '../../core/data.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { WayBackStep } from '../../core/rollback.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { withSession } from '../with-session.ts';
import type { Moment } from './moment.ts';
import { type DownScene, isFault, takeBack } from './rehearse-down.ts';
import { readTablePlaces } from './table-moment.ts';

/** A row more is written into so many tables at most. */
const mostTables = 50;

/**
 * Takes migrations back once more after a row was written into each table that they touched, as an application does after the deploy: a way down that only
 * works while nobody has written is none. Each row is made of what the table asks for, no more. The clone has the migrations applied, and is of no use
 * afterwards. Undefined where no table could be written to.
 *
 * Fails with what says nothing of the way down. Throws FailureError.
 */
export async function goBackOverWrites(
  context: Context,
  scene: DownScene,
  migrations: readonly Migration[],
  before: Moment,
  schemaAfter: Moment['schema'],
): Promise<Result<WayBackStep['since']>> {
  const touched = (await readTablePlaces(context, scene.admin)).volumes.tables.filter(
    (table) => !table.partitioned && table.parent === undefined && !isNamed(scene.comparing.ledger, table) && isTouched(table, before, schemaAfter),
  );
  const written = await writeRows(context, scene.admin, touched.slice(0, mostTables));
  if (written.length === 0) return ok(undefined);
  const back = await takeBack(context, scene, migrations);
  if (!back.ok) return isFault(back.failure) ? ok({ tables: written.map(nameOf), gone: [], failure: back.failure }) : back;
  const was = new Map(before.tables.volumes.tables.map((table) => [tableName(table), table.rows]));
  const is = new Map((await readTablePlaces(context, scene.admin)).volumes.tables.map((table) => [tableName(table), table.rows]));
  const gone = written.filter((table) => (is.get(tableName(table)) ?? 0) <= (was.get(tableName(table)) ?? 0));
  const mayGo = (table: TableVolume) => scene.accepted.some(({ table: name, columns }) => columns === undefined && isNamed(name, table));
  const lost = gone.filter((table) => was.has(tableName(table)) && !mayGo(table));
  return ok({ tables: written.map(nameOf), gone: gone.map(nameOf), ...(lost.length === 0 ? {} : { lost: lost.map(nameOf) }) });
}

function nameOf({ schema, table }: TableVolume): string {
  return qualifiedName(schema, table);
}

/** By counters and columns, and by all that the catalogs say of a table and what hangs on it. */
function isTouched(table: TableVolume, before: Moment, after: Moment['schema']): boolean {
  const old = before.tables.volumes.tables.find((one) => tableName(one) === tableName(table));
  if (old === undefined) return true;
  if ((['oid', 'file', 'inserted', 'updated', 'deleted'] as const).some((key) => old[key] !== table[key])) return true;
  const told = ({ catalog }: Moment['schema']) =>
    JSON.stringify(
      catalog?.objects.filter(([, name, parent]) => name === nameOf(table) || name.endsWith(` on ${nameOf(table)}`) || parent?.includes(nameOf(table))),
    );
  return told(before.schema) !== told(after);
}

/** One row each, where the table takes it. */
async function writeRows(context: Context, clone: Address, tables: readonly TableVolume[]): Promise<readonly TableVolume[]> {
  const written: TableVolume[] = [];
  const done = await withSession(context, clone, async (session) => {
    for (const table of tables) if (await writeRow(session, table.oid)) written.push(table);
    return ok();
  });
  if (!done.ok) throw new FailureError(done.failure);
  return written;
}

async function writeRow(session: Session, oid: string): Promise<boolean> {
  await session.execute('begin');
  try {
    const table = await readTable(session, { oid });
    const built = table === undefined ? undefined : await buildInsert(session, table, await readTemplate(session, table));
    if (built?.kind !== 'built') {
      await session.execute('rollback');
      return false;
    }
    await session.execute(built.sql);
    await session.execute('commit');
    return true;
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08')) throw error;
    // A trigger or a rule that we know nothing of: nothing is said of this table then.
    await session.execute('rollback');
    return false;
  }
}
