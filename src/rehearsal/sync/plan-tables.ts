import type { Settings } from '../../config/schema.ts';
import type { SyncSettings } from '../../config/settings/sync.ts';
import { holdTables } from '../../copy/live/hold-tables.ts';
import { parseColumnPath } from '../../copy/mask/column-path.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { TableProblem, TableRefused, TablesPlan } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { choiceOf, uselessPatterns } from '../../sync/tables/choose-tables.ts';
import { planTable } from '../../sync/tables/plan-table.ts';
import { planTransactions, type SyncTransaction } from '../../sync/tables/plan-transactions.ts';
import { readSide } from '../../sync/tables/read-side.ts';
import { type ForeignKeyFacts, type SideFacts, type TableFacts, tableKey } from '../../sync/tables/table-facts.ts';
import { firingTriggers } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';
import { emptyTables } from './empty-tables.ts';
import { masksFor } from './masks-for.ts';
import type { OpenStaging } from './open-sides.ts';
import type { ProvenSides } from './prove-staging.ts';
import { stampSchema } from './read-identity.ts';
import { tableChoice } from './table-choice.ts';
import { tryConversions } from './try-conversions.ts';

/** What staging is made of, and whether its role may keep its triggers silent. */
export interface StagingFacts {
  readonly here: SideFacts;
  readonly silent: boolean;
}

/** What is going to be done, for people and for the machine. */
export interface PlannedSync {
  readonly plan: TablesPlan;
  readonly transactions: readonly SyncTransaction[];
  readonly tasks: readonly TableTask[];
  /** Staging's foreign keys that touch a table which is synced. */
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly silent: boolean;
  /** Mistakes in the configuration that only the databases show. */
  readonly problems: readonly Failure[];
}

interface Wanted {
  readonly sync: SyncSettings;
  readonly settings: Pick<Settings, 'migrate'>;
  /** Patterns of the command line; all that is configured unless given. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Holds both catalogs against each other, and lets production try every conversion. Production's tables are locked against being emptied or rewritten from
 * here on. Reads only. Throws FailureError and SqlError.
 *
 * @param production masked, at its snapshot
 */
export async function planTables(
  context: Context,
  production: LiveSource,
  staging: OpenStaging & StagingFacts,
  proven: ProvenSides,
  wanted: Wanted,
): Promise<PlannedSync> {
  const { tables } = wanted.sync;
  const { here, silent } = staging;
  const there = await readSide(production.session, 'production');
  const sameMajor = majorOf(production.session) === majorOf(staging.session);
  const counterparts = new Map(here.tables.map((table) => [tableKey(table), table]));
  const choice = tableChoice(wanted.sync, wanted.settings, wanted.only);

  const leftOut: { table: string; why: string }[] = [];
  const refused: TableRefused[] = [];
  const drafts: TableTask[] = [];
  const chosen: TableFacts[] = [];
  for (const from of there.tables) {
    const table = qualifiedName(from.schema, from.name);
    const chose = choiceOf(from, choice);
    if ('leftOut' in chose) {
      leftOut.push({ table, why: chose.leftOut });
      continue;
    }
    const to = counterparts.get(tableKey(from));
    if (to === undefined) {
      refused.push({
        table,
        mode: chose.mode,
        reasons: [{ reason: 'staging has no such table', cure: 'Migrate staging, or exclude it (sync.tables.exclude).' }],
      });
      continue;
    }
    const planned = planTable(from, to, {
      mode: chose.mode,
      masks: await masksFor(production, from),
      values: valuesOf(tables.values, from),
      fitsBinary: sameMajor && fitsBinary(from) && fitsBinary(to),
    });
    if ('problems' in planned) refused.push({ table, mode: chose.mode, reasons: planned.problems });
    else {
      drafts.push(planned.task);
      chosen.push(from);
    }
  }
  await holdTables(production, production.session, chosen);

  const empty = await emptyTables(production, drafts, tables.acceptEmpty);
  const tried: TableTask[] = [];
  for (const task of drafts) {
    const problems = [...(empty.get(task) ?? []), ...(await tryConversions(context, production, task))];
    if (problems.length > 0) refused.push(refusal(task, problems));
    else tried.push(task);
  }
  const { transactions, refused: hindered } = planTransactions(tried, here.foreignKeys, { silent, wanted: tables.transaction });
  for (const { task, problems } of hindered) refused.push(refusal(task, problems));
  const tasks = transactions.flatMap((transaction) => transaction.tasks);
  const touched = new Set(tasks.map(tableKey));
  const touches = ({ schema, table, toSchema, toTable }: ForeignKeyFacts) =>
    touched.has(tableKey({ schema, name: table })) || touched.has(tableKey({ schema: toSchema, name: toTable }));
  return {
    plan: {
      production: proven.production,
      staging: proven.staging,
      dataAsOf: production.facts.dataAsOf,
      constraints: constraintsSentence(silent, transactions),
      transactions: transactions.filter(({ tasks: of }) => of.length > 1).map(({ tasks: of }) => of.map(({ schema, name }) => qualifiedName(schema, name))),
      tables: tasks.map((task) => describeTask(task, silent)).sort((a, b) => (a.table < b.table ? -1 : 1)),
      refused: refused.sort((a, b) => (a.table < b.table ? -1 : 1)),
      leftOut,
      skew: skewOf(there, here, production, staging),
    },
    transactions,
    tasks,
    foreignKeys: here.foreignKeys.filter(touches),
    silent,
    problems: mistakes(wanted, there, here),
  };
}

function refusal({ schema, name, mode }: TableTask, reasons: readonly TableProblem[]): TableRefused {
  return { table: qualifiedName(schema, name), mode, reasons };
}

function describeTask(task: TableTask, silent: boolean): TablesPlan['tables'][number] {
  const { schema, name, mode, from, to, columns, converted, masked } = task;
  const firing = firingTriggers(to.triggers, silent).filter(({ owned }) => !owned);
  const notes =
    firing.length === 0
      ? task.notes
      : [...task.notes, `Its triggers fire, since this role is not its owner: ${[...new Set(firing.map((one) => one.name))].join(', ')}.`];
  return {
    ...{ table: qualifiedName(schema, name), mode, rows: from.liveRows > 0 ? from.liveRows : from.estimatedRows, bytes: from.bytes },
    ...{ rowsThere: Math.max(to.liveRows, to.estimatedRows, 0), columns: columns.length, converted, masked, notes },
  };
}

function constraintsSentence(silent: boolean, transactions: readonly SyncTransaction[]): string {
  if (silent) return 'session_replication_role = replica: neither foreign keys nor triggers are asked while rows come; every foreign key is checked afterwards';
  const altered = transactions.flatMap(({ deferred }) => deferred.filter(({ alter }) => alter)).length;
  const made = altered === 0 ? '' : `; ${altered} of them are made deferrable for that transaction`;
  return `this role may not set session_replication_role: tables that reference each other share a transaction, and foreign keys are checked at its end${made}`;
}

/** Throws SqlError. */
export async function readStaging(session: Session): Promise<StagingFacts> {
  return { here: await readSide(session, 'staging'), silent: await maySilence(session) };
}

/** Superusers may, and roles to which it was granted. */
async function maySilence(session: Session): Promise<boolean> {
  const tried = await session.execute('begin; set local session_replication_role = replica').then(
    () => true,
    () => false,
  );
  await session.execute('rollback');
  return tried;
}

/** A table that is copied by itself, and whose columns have a binary form that holds values and nothing else. */
function fitsBinary({ partitioned, columns }: TableFacts): boolean {
  return !partitioned && columns.every((column) => column.generated || column.fitsBinary);
}

function majorOf({ serverVersionNum }: Session): number {
  return Math.floor(serverVersionNum / 10_000);
}

function valuesOf(values: Readonly<Record<string, string>>, { schema, name }: TableFacts): Readonly<Record<string, string>> {
  const own = Object.entries(values).flatMap(([path, sql]) => {
    const parsed = parseColumnPath(path);
    return parsed?.schema === schema && parsed.table === name ? [[parsed.column, sql] as const] : [];
  });
  return Object.fromEntries(own);
}

function skewOf(there: SideFacts, here: SideFacts, production: LiveSource, staging: OpenStaging): readonly string[] {
  const known = new Set(there.tables.map(tableKey));
  const more = here.tables
    .filter((table) => !known.has(tableKey(table)) && table.schema !== stampSchema)
    .map(({ schema, name }) => qualifiedName(schema, name));
  const extensions = [...new Set([...Object.keys(there.extensions), ...Object.keys(here.extensions)])].sort().flatMap((name) => {
    const [left, right] = [there.extensions[name], here.extensions[name]];
    return left === right ? [] : [`Extension ${name}: ${left ?? 'missing'} in production, ${right ?? 'missing'} on staging.`];
  });
  const [left, right] = [majorOf(production.session), majorOf(staging.session)];
  return [
    ...(left === right ? [] : [`PostgreSQL ${left} in production, ${right} on staging: rows come over as text.`]),
    ...extensions,
    ...(more.length === 0 ? [] : [`Only staging has ${more.join(', ')}: left as ${more.length === 1 ? 'it is' : 'they are'}.`]),
  ];
}

/** A pattern that means no table, or a value for a column that isn't there, is a mistake that would silently change what is synced. */
function mistakes({ sync, only }: Wanted, there: SideFacts, here: SideFacts): readonly Failure[] {
  const { tables } = sync;
  const all = [...there.tables, ...here.tables];
  const patterns = [
    ...(only ?? tables.include).filter((pattern) => pattern !== '*.*'),
    ...tables.exclude,
    ...Object.keys(tables.modes),
    ...tables.acceptEmpty.map(({ table }) => table),
  ];
  const columns = Object.keys(tables.values).filter((path) => {
    const parsed = parseColumnPath(path);
    return !here.tables.some(
      ({ schema, name, columns: of }) =>
        schema === parsed?.schema && name === parsed.table && of.some((column) => column.name === parsed.column && !column.generated),
    );
  });
  const neutralised = sync.neutralise.flatMap(({ table }) => (table === undefined ? [] : [table]));
  return [
    // It would never run, and production's rows would be as they came.
    ...uselessPatterns(neutralised, here.tables).map((pattern) =>
      failure('config-invalid', `sync.neutralise: staging has no table ${pattern}, so that what belongs to it would never run.`, {
        cure: 'Correct its table, or leave table out: it then runs after all tables.',
      }),
    ),
    ...uselessPatterns([...new Set(patterns)], all).map((pattern) =>
      failure('config-invalid', `${pattern} means no table of either side.`, { cure: 'Correct it (sync.tables, --tables).' }),
    ),
    ...columns.map((path) =>
      failure('config-invalid', `sync.tables.values: staging has no column ${path} that takes values.`, { cure: 'Correct it: schema.table.column.' }),
    ),
  ];
}
