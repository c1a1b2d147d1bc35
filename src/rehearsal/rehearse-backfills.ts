import { judgeBackfill } from '../check/backfill/judge-backfill.ts';
import { predictBackfill } from '../check/cost/predict-backfill.ts';
import { type BackfillSamples, sampleBackfill } from '../check/cost/sample-backfill.ts';
import type { BackfillSettings } from '../config/schema.ts';
import type { BackfillReport } from '../core/cost.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { parseQualifiedName, qualifiedName } from '../sql/quote.ts';
import { guardCluster, scriptsOf } from './guard-cluster.ts';
import { type Run, report } from './run.ts';
import { type Besides, type SpareClone, spareClone } from './spare-clone.ts';
import { withSession } from './with-session.ts';

/**
 * Tries some batches of each declared backfill on a clone of their own that has the migrations, and tells how long all of it will take in production. Nothing where
 * none is declared.
 *
 * Fails with what starting and migrating that clone fails with.
 */
export async function rehearseBackfills(context: Context, run: Run, besides: Besides): Promise<Result<void>> {
  const { backfills } = besides.request.settings;
  if (backfills.length === 0) return ok();
  const { provided, line } = besides;
  context.emit({ type: 'step', phase: 'migrate', text: 'Migrating a clone for the backfills' });
  const started = await spareClone(context, run, besides, `clone of ${provided.facts.database} for backfills`);
  if (!started.ok) return started;
  await using spare = started.value;
  const migrated = await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(line.pending) }, async () => {
    const failed = await spare.migrate(spare.migrator.address);
    return failed === undefined ? ok() : fail(failed);
  });
  if (!migrated.ok) return migrated;
  for (const backfill of backfills) {
    const tried = await tryBackfill(context, spare, backfill);
    if (!tried.ok) return tried;
    context.emit({ type: 'backfilled', report: tried.value });
    report(context, judgeBackfill(tried.value, backfill));
  }
  return ok();
}

async function tryBackfill(context: Context, { clone, migrator }: SpareClone, backfill: BackfillSettings): Promise<Result<BackfillReport>> {
  const { name, idColumn, batchSize, sql, role, batchMs, pauseMs, sampleSeconds } = backfill;
  context.emit({ type: 'step', phase: 'migrate', text: `Trying batches of the backfill ${name}, for ${sampleSeconds} s at most` });
  const parsed = parseQualifiedName(backfill.table);
  if (parsed === undefined) return fail(failure('config-invalid', `backfills: ${backfill.table} is no name of a table.`, { object: name }));
  const table = qualifiedName(parsed.schema ?? 'public', parsed.name);
  const address = role === undefined || role === migrator.role ? migrator.address : asRole(clone.admin, role);
  const samples = await withSession(context, address, async (session) => {
    const column = parseQualifiedName(idColumn)?.name ?? idColumn;
    return ok(await sampleBackfill(session, { table, idColumn: column, batchSize, sql }, sampleSeconds * 1_000));
  });
  if (context.signal.aborted) return fail(failure('interrupted', `The run was interrupted while the backfill ${name} was tried.`));
  // A role that isn't there is a fault of the backfill, and told as such.
  const tried: BackfillSamples = samples.ok
    ? samples.value
    : { samples: [], batches: 0, endedBy: 'error', error: samples.failure.sql ?? { sqlstate: '08000', message: samples.failure.message } };
  return ok({
    ...{ name, table, role: role ?? migrator.role, limitMs: batchMs, ...tried },
    ...withoutUndefined({ window: predictBackfill({ ...tried, pauseMs }) }),
  });
}

/** By SET ROLE and not by a log-in: the role need not be able to, and its rights are the same. */
function asRole(admin: Address, role: string): Address {
  return { ...admin, options: `${admin.options ?? ''} -c role=${role.replaceAll(/[\\ ]/g, '\\$&')}`.trim() };
}
