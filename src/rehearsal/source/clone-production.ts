import { join } from 'node:path';
import { checkIgnored } from '../../config/git-ignore.ts';
import type { Settings } from '../../config/schema.ts';
import { writeDump } from '../../copy/dump/write-dump.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CopyReport, SourceFacts } from '../../core/source-facts.ts';
import { planAuroraSource } from '../cloud/plan-aurora.ts';
import { planAzureSource } from '../cloud/plan-azure.ts';
import { planRds } from '../cloud/plan-rds.ts';
import { readDumpKeys } from './dump-keys.ts';
import { openSource } from './open-source.ts';

export interface CloneProductionRequest {
  readonly settings: Settings;
  readonly folder: string;
  /** Read what would be copied, and copy nothing. */
  readonly dryRun: boolean;
  /** Go on with an interrupted dump. */
  readonly resume?: boolean;
}

export interface ProductionDump {
  /** Absent with `dryRun` where production would have to be restored first. */
  readonly facts?: SourceFacts;
  /** With `dryRun`: what would be done in the cloud. */
  readonly plan?: ThrowawayPlan;
  /** Absent with `dryRun`. */
  readonly written?: {
    readonly folder: string;
    readonly sizeBytes: number;
    readonly report: CopyReport;
    readonly expiresAt: string;
    readonly encrypted: boolean;
  };
}

/**
 * Copies production into a dump folder that `load`, and plain psql, can restore from.
 *
 * Fails with `dump-not-ignored` before anything is read, and with what opening a source and copying fail with.
 */
export async function cloneProduction(context: Context, { settings, folder, dryRun, resume = false }: CloneProductionRequest): Promise<Result<ProductionDump>> {
  if ('dump' in settings.source) {
    return fail(failure('usage', 'The configured source is a dump already.', { cure: 'Load it with `pgrehearse load`, or set source.urlVariable.' }));
  }
  // Setting its password is a transaction, and RDS makes some of its own: two servers of one snapshot, or one server twice, don't prove to be the same data.
  const isOwnServer = 'rds' in settings.source || 'aurora' in settings.source || 'azure' in settings.source;
  if (resume && isOwnServer) {
    const why =
      'Each clone of a cloud’s snapshot reads a server of its own, which gives out transactions of its own: what another one began can’t be gone on with.';
    return fail(failure('dump-not-resumable', why, { cure: 'Leave out --resume; a server that is left is gone on with by itself.' }));
  }
  const dumps = join(folder, settings.folders.dumps);
  const ignored = await checkIgnored(context.edge.system, folder, [dumps]);
  if (!ignored.ok) return ignored;
  if (dryRun && 'aurora' in settings.source) {
    const plan = await planAuroraSource(context, settings.source.aurora, folder);
    return plan.ok ? ok({ plan: plan.value }) : plan;
  }
  if (dryRun && 'azure' in settings.source) {
    const plan = await planAzureSource(context, settings.source.azure, folder);
    return plan.ok ? ok({ plan: plan.value }) : plan;
  }
  if (dryRun && 'rds' in settings.source) {
    const plan = await planRds(context, settings.source.rds, folder);
    return plan.ok ? ok({ plan: plan.value }) : plan;
  }
  const { encryption, keepHours } = settings.dump;
  // Before anything is opened: a snapshot may take half an hour to restore.
  const keys = encryption === undefined || dryRun ? undefined : await readDumpKeys(context, encryption, folder);
  if (keys?.ok === false) return keys;
  const opened = await openSource(context, settings, folder);
  if (!opened.ok) return opened;
  await using source = opened.value;
  const { facts } = source;
  if (dryRun || source.kind !== 'live') return ok({ facts });
  const expiresAt = new Date(context.now().getTime() + keepHours * 3_600_000).toISOString();
  const written = await writeDump(context, source, dumps, {
    expiresAt,
    resume,
    unchanging: source.unchanging === true,
    statistics: settings.clone.statistics,
    ...(keys === undefined ? {} : { keys: keys.value }),
  });
  return written.ok ? ok({ facts, written: { ...written.value, expiresAt, encrypted: keys !== undefined } }) : written;
}
