import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/schema.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { SharedServer } from '../core/shared-server.ts';
import { type ClusterWideStatement, clusterWideStatement } from '../migrate/cluster-wide-statement.ts';
import { splitMigration } from '../migrate/split-migration.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { withSession } from './with-session.ts';

/** SQL that is about to run: a migration, or a file of the baseline. */
export interface Script {
  readonly file: string;
  readonly text: string;
  readonly statements: readonly { readonly text: string; readonly line: number }[];
}

/**
 * Runs the team's SQL on a server that others use too, and sees to it that nothing but databases of ours is changed by it. What can be read from the
 * statements is refused before anything runs; what only shows afterwards, in the server's catalogs, is put back where that may be, and told.
 * On servers of our own it just runs: they are thrown away.
 *
 * Fails with `cluster-wide-statement`, `cluster-wide-change`, and with what `body` fails with.
 */
export async function guardCluster<T>(
  context: Context,
  shared: SharedServer | undefined,
  { phase, scripts }: { readonly phase: Phase; readonly scripts: readonly Script[] },
  body: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if (shared === undefined) return await body();
  const allowed = await refuseOrExpect(context, shared, scripts);
  if (!allowed.ok) return allowed;
  const watch = await shared.watch(context);
  if (!watch.ok) return watch;
  const settle = () => watch.value.settle(context, scripts.map(({ text }) => text).join('\n'));
  let done: Result<T>;
  try {
    done = await body();
  } catch (error) {
    await settle();
    throw error;
  }
  const settled = await settle();
  if (!settled.ok) return done.ok ? settled : done;
  const { undone, remaining } = settled.value;
  for (const text of undone) context.emit({ type: 'step', phase, text: `On the whole target server, ${text}: undone` });
  for (const text of remaining) context.emit({ type: 'step', phase, text: `On the whole target server, ${text}: not undone` });
  if (!done.ok) return done;
  const told = remaining.length > 0 ? remaining : shared.clusterWide === 'refuse' ? undone : [];
  if (told.length === 0) return done;
  const cure = remaining.length > 0 ? { cure: 'Look at it on the target server: what isn’t ours is never changed. Leave `target` out to rehearse this.' } : {};
  const what = `${remaining.length > 0 ? 'Not undone' : 'Undone'}: ${told.join('; ')}.`;
  return fail(failure('cluster-wide-change', `More than our own databases changed on the target server. ${what}`, { ...cure }));
}

/** Migrations as they run. */
export function scriptsOf(migrations: readonly Migration[]): readonly Script[] {
  return migrations.map((migration) => ({ file: migration.file, text: migration.up, statements: splitMigration(migration).statements }));
}

/** The files that a baseline is built from. One that can't be read is told by those who run it. */
export async function baselineScripts({ baseline }: Pick<Settings, 'baseline'>, folder: string): Promise<readonly Script[]> {
  const scripts: Script[] = [];
  for (const file of [...baseline.schema, ...baseline.seed]) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    scripts.push({ file, text, statements: splitStatements(text) });
  }
  return scripts;
}

async function refuseOrExpect(context: Context, shared: SharedServer, scripts: readonly Script[]): Promise<Result<void>> {
  const found = scripts.flatMap(({ file, statements }) =>
    statements.flatMap(({ text, line }) => {
      const what = clusterWideStatement(text);
      return what === undefined ? [] : [{ file, line, what }];
    }),
  );
  if (found.length === 0) return ok();
  if (shared.clusterWide === 'refuse') return refused(found.map(({ file, line, what }) => refusal(file, line, what, 'it changes the whole target server')));
  return await withSession(context, shared.address, async (session) => {
    const existing = new Set((await session.query<{ name: string }>('select rolname as name from pg_catalog.pg_roles')).map(({ name }) => name));
    const problems: Failure[] = [];
    for (const { file, line, what } of found) {
      const strangers: string[] = [];
      for (const name of what.roles ?? []) if (existing.has(name) && !(await shared.roles.owns(session, name))) strangers.push(name);
      // A grant goes with either of its roles, so one of ours is enough.
      const isGrant = what.what.endsWith('of a role');
      if (what.roles === undefined) problems.push(refusal(file, line, what, 'it can’t be undone'));
      else if (isGrant ? strangers.length === what.roles.length : strangers.length > 0)
        problems.push(refusal(file, line, what, `${strangers.join(', ')} ${strangers.length === 1 ? 'was' : 'were'} on the target server before`));
    }
    if (problems.length > 0) return refused(problems);
    for (const { what } of found) if (what.makes !== undefined && !existing.has(what.makes)) await shared.roles.expect(context, what.makes);
    return ok();
  });
}

function refusal(file: string, line: number, { what }: ClusterWideStatement, why: string): Failure {
  return failure('cluster-wide-statement', `${file}, line ${line}: \`${what}\` is not run, since ${why}.`, { object: file, place: { file, line } });
}

function refused(problems: readonly Failure[]): Result<never> {
  const [first] = problems;
  if (first === undefined) throw new Error('nothing was refused');
  return fail(problems.length === 1 ? first : { ...first, message: `${first.message} And ${problems.length - 1} more.`, problems });
}
