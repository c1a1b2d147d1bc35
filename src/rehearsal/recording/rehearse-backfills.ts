import { judgeBackfill, untriedBackfill } from '../../check/backfill/judge-backfill.ts';
import { predictBackfill } from '../../check/cost/predict-backfill.ts';
import { type BackfillSamples, sampleBackfill } from '../../check/cost/sample-backfill.ts';
import type { BackfillSettings } from '../../config/schema.ts';
import type { BackfillReport } from '../../core/cost.ts';
import type { Failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { type Run, report } from '../run.ts';
import { type Besides, type SpareClone, spareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';

/**
 * Tries some batches of each declared backfill on a clone of their own that has the migrations, and tells how long all of it will take in production. Nothing where
 * none is declared; what can't be tried leaves a doubt.
 */
export async function rehearseBackfills(context: Context, run: Run, besides: Besides): Promise<void> {
  const { backfills } = besides.request.settings;
  if (backfills.length === 0) return;
  const tried = await tryAll(context, run, besides, backfills);
  // An interruption ends the run, and says nothing of any backfill.
  if (context.signal.aborted || tried.ok) return;
  for (const { name } of backfills) report(context, untriedBackfill(name, tried.failure));
}

async function tryAll(context: Context, run: Run, besides: Besides, backfills: readonly BackfillSettings[]): Promise<Result<void>> {
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
    context.emit({ type: 'step', phase: 'migrate', text: `Trying batches of the backfill ${backfill.name}, for ${backfill.sampleSeconds} s at most` });
    const told = await tryOne(context, spare, backfill);
    if (context.signal.aborted) return ok();
    context.emit({ type: 'backfilled', report: told });
    report(context, judgeBackfill(told, backfill));
  }
  return ok();
}

async function tryOne(context: Context, { clone, migrator }: SpareClone, backfill: BackfillSettings): Promise<BackfillReport> {
  const { name, idColumn, batchSize, sql, role, batchMs, pauseMs, sampleSeconds } = backfill;
  const parsed = parseQualifiedName(backfill.table);
  // What is no name is left to the server, which says so.
  const table = parsed === undefined ? backfill.table : qualifiedName(parsed.schema ?? 'public', parsed.name);
  const column = parseQualifiedName(idColumn)?.name ?? idColumn;
  const address = role === undefined || role === migrator.role ? migrator.address : asRole(clone.admin, role);
  const sampled = await withSession(context, address, async (session) =>
    ok(await sampleBackfill(session, { table, idColumn: column, batchSize, sql }, sampleSeconds * 1_000)),
  );
  const tried = sampled.ok ? sampled.value : notEntered(sampled.failure);
  return {
    ...{ name, table, role: role ?? migrator.role, limitMs: batchMs },
    ...tried,
    ...withoutUndefined({ window: predictBackfill({ ...tried, pauseMs }) }),
  };
}

/** A role that isn't there, or may not log in, is a fault of the backfill, and told as such. */
function notEntered({ sql, message }: Failure): BackfillSamples {
  return { samples: [], batches: 0, endedBy: 'error', error: sql ?? { sqlstate: '08000', message } };
}

/** By SET ROLE and not by a log-in: the role need not be able to, and its rights are the same. */
function asRole(admin: Address, role: string): Address {
  return { ...admin, options: `${admin.options ?? ''} -c role=${role.replaceAll(/[\\ ]/g, '\\$&')}`.trim() };
}
