import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncSettings } from '../../config/settings/sync.ts';
import { countOf } from '../../core/count-of.ts';
import { failure, SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { AfterStep } from '../../core/sync.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';
import { fits } from '../../sync/tables/choose-tables.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';

/** SQL of the team that keeps production's data from having effects on staging. */
export interface Neutraliser {
  readonly name: string;
  readonly statements: readonly string[];
  /** The table in whose transaction it runs. */
  readonly table?: string;
}

/** Reads them, before anything is changed: a file that isn't there is no reason to stop half-way. */
export async function readNeutralisers({ neutralise }: SyncSettings, folder: string): Promise<Result<readonly Neutraliser[]>> {
  const read: Neutraliser[] = [];
  for (const [at, { sql, file, table }] of neutralise.entries()) {
    const name = file ?? `neutraliser ${at + 1}${table === undefined ? '' : ` of ${table}`}`;
    const text = sql ?? (await readFile(join(folder, file ?? ''), 'utf8').catch(() => undefined));
    if (text === undefined) return fail(failure('config-invalid', `${file} can’t be read.`, { cure: 'Correct sync.neutralise.' }));
    const statements = statementTexts(text);
    const verb = statements.find((statement) => transactionVerb(statement) !== 'none');
    if (verb !== undefined || statements.length === 0) {
      const what = verb === undefined ? 'holds no statement' : `begins or ends a transaction: ${verb.slice(0, 60)}`;
      return fail(failure('config-invalid', `${name} ${what}.`, { cure: 'Each neutraliser is one transaction of itself: correct sync.neutralise.' }));
    }
    read.push({ name, statements, ...(table === undefined ? {} : { table }) });
  }
  return ok(read);
}

/** Those that belong to a table's transaction. */
export function neutralisersOf(neutralisers: readonly Neutraliser[]): (task: TableTask) => readonly string[] {
  return (task) => neutralisers.flatMap(({ table, statements }) => (table !== undefined && fits(table, task) ? statements : []));
}

/** Runs those that belong to no table, each in a transaction. */
export async function neutralise(context: Context, staging: ProvenStaging, neutralisers: readonly Neutraliser[]): Promise<readonly AfterStep[]> {
  const wanted = neutralisers.filter(({ table }) => table === undefined);
  if (wanted.length === 0) return [];
  const opened = await openWriter(context, staging, 'UTF8');
  const steps: AfterStep[] = [];
  await using session = opened.ok ? opened.value : undefined;
  for (const { name, statements } of wanted) {
    const startedAt = performance.now();
    const step = (outcome: AfterStep['outcome'], said: string): AfterStep => ({
      ...{ kind: 'neutralise', name, outcome, said, durationMs: Math.round(performance.now() - startedAt) },
      ...(outcome === 'done' ? {} : { cure: 'Correct it, and run it on staging at once: production’s data is there as it came.' }),
    });
    if (session === undefined) {
      steps.push(step('failed', `staging could not be reached: ${opened.ok ? '' : opened.failure.message}`));
      continue;
    }
    try {
      // The team's SQL finds its tables as it does in psql.
      await session.execute('begin; set local search_path to default');
      let rows = 0;
      for (const statement of statements) for (const result of await session.execute(statement)) rows += result.rows ?? 0;
      await session.execute('commit');
      steps.push(step('done', `${countOf(statements.length, 'statement')}, ${countOf(rows, 'row')}`));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      await session.execute('rollback').catch(() => undefined);
      steps.push(step('failed', `${error.fields.message} (SQLSTATE ${error.fields.sqlstate})`));
    }
  }
  return steps;
}
