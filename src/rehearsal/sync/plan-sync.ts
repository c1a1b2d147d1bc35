import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectsPlanReport } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { TablesPlan } from '../../core/sync.ts';
import { makeWish } from '../../sync/objects/make-wish.ts';
import { planObjects } from '../../sync/objects/plan-objects.ts';
import { readNeutralisers } from './neutralise.ts';
import { openTables } from './open-tables.ts';
import { noSection } from './sync.ts';
import type { SyncRequest } from './sync-request.ts';

/** What a sync would do. */
export interface SyncPlan {
  readonly tables?: TablesPlan;
  readonly objects?: ObjectsPlanReport;
  /** Neutralisers, by name. */
  readonly neutralisers: readonly string[];
}

/** Proves and plans all that a sync would do, and changes nothing: neither a side nor this machine. Fails with what the sync’s preflight fails with. */
export async function planSync(context: Context, request: SyncRequest): Promise<Result<SyncPlan>> {
  const { settings, folder, only } = request;
  const { sync } = settings;
  if (sync === undefined) return fail(noSection());
  const neutralisers = await readNeutralisers(sync, folder);
  if (!neutralisers.ok) return neutralisers;
  let plan: SyncPlan = { neutralisers: neutralisers.value.map(({ name }) => name) };
  if (sync.objects !== undefined && only !== 'tables') {
    // Listings of millions of keys don't fit the memory: they lie here for a moment.
    await mkdir(context.home.data, { recursive: true });
    const work = await mkdtemp(join(context.home.data, 'sync-plan-'));
    try {
      const planned = await planObjects(context, makeWish(sync.objects, { folder: work, phase: 'preconditions' }));
      if (!planned.ok) return planned;
      plan = { ...plan, objects: planned.value.report };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  if (only === 'objects' || sync.production === undefined) return ok(plan);
  const opened = await openTables(context, request, sync);
  if (!opened.ok) return opened;
  await using tables = opened.value;
  return ok({ ...plan, tables: tables.planned.plan });
}
