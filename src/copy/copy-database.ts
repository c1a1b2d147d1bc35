import { type Failure, FailureError, failure, SqlError } from '../core/failure.ts';
import type { LiveSource, OpenSource } from '../core/open-source.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result, unreachable } from '../core/result.ts';
import { type Address, showAddress } from '../core/server.ts';
import type { CopyReport, FidelityLoss } from '../core/source-facts.ts';
import { loadFolder } from './dump/load-folder.ts';
import type { LoadProgress } from './dump/load-record.ts';
import { jobsFor } from './jobs-for.ts';
import { copyLive, type LiveCopy, type LiveCopyOptions } from './live/copy-live.ts';
import { SteadySource } from './live/steady-source.ts';
import { explainLosses } from './mask/explain-losses.ts';
import { hashAlongside } from './parity/hash-alongside.ts';
import { checkExtensions } from './restore/check-extensions.ts';
import { collationNotes } from './restore/collation-notes.ts';
import { applyDatabaseSettings } from './restore/database-settings.ts';
import { createRoles } from './restore/roles.ts';
import { applyServerSettings, compareServerSettings } from './restore/server-settings.ts';
import { openTarget } from './restore/session-settings.ts';
import { copyScript, type ScriptCopy } from './script/copy-script.ts';

export interface CopyOptions {
  /** Tables copied, and indexes built, side by side; as the context says unless told, else one for each core, at most 4. */
  readonly jobs?: number;
  /** `ours`: the server, which nobody else uses, gets production's settings. `shared`: it is only said where they differ. Unless told: neither. */
  readonly server?: 'ours' | 'shared';
  /** `carry`, unless told otherwise: production's own planner statistics, where they can be had and written. `analyze`: all are gathered on the copy. */
  readonly statistics?: 'carry' | 'analyze' | undefined;
  /** Brings production's roles to a server that others use too; on a server of ours they are simply made. */
  readonly createRoles?: ((session: Session) => Promise<readonly FidelityLoss[]>) | undefined;
  /** Given, for a dump folder: what is loaded is recorded in the copy, and a copy with such a record is gone on with. Told how far it is. */
  readonly resuming?: LoadProgress | undefined;
}

export interface Copied {
  readonly report: CopyReport;
  /** The schema as the live source's pg_dump gave it, pre-data and post-data; a dump has no other schema than the one that was loaded. */
  readonly sourceSchemaText?: string;
}

/**
 * Loads a source into an empty database of ours: roles, schema, every row, sequences, settings. The snapshot of a live source is given up as
 * soon as the last row was read; the source itself stays open. A failed copy must be thrown away: it holds an unknown part.
 *
 * Fails with `missing-extension`, `restore-failed`, `copy-failed`, `source-lost`, `standby-conflict`, `privileges-missing`, `disk-short`,
 * `server-lost`, `dump-damaged`, `interrupted`, and what connecting and pg_dump fail with.
 *
 * @param target a superuser's access to the empty database.
 * @example const copied = await copyDatabase(context, source, clone.admin, { jobs: 4 });
 */
export async function copyDatabase(context: Context, source: OpenSource, target: Address, options: CopyOptions = {}): Promise<Result<Copied>> {
  const startedAt = performance.now();
  const opened = await openTarget(context, target, source.kind === 'script' ? 'fire' : 'silent');
  if (!opened.ok) return opened;
  const session = opened.value;
  try {
    const extensions = await checkExtensions(session, source.facts);
    if (!extensions.ok) return extensions;
    const lostRoles = await (options.createRoles?.(session) ?? createRoles(session, source.facts));
    const copied = await load(context, source, target, session, jobsFor(context, options.jobs), options);
    if (!copied.ok) return copied;
    const lostSettings = await applyDatabaseSettings(session, source.facts);
    const server = await serverNotes(session, source, options);
    const { report, ...rest } = copied.value;
    const harmless = [...report.harmless, ...server];
    const masking = source.kind === 'live' ? source.masking?.facts : source.kind === 'folder' ? source.manifest.masking : undefined;
    const losses = explainLosses([...lostRoles, ...report.losses, ...lostSettings], masking);
    return ok({ report: { ...report, losses, harmless, durationMs: Math.round(performance.now() - startedAt), ...(masking && { masking }) }, ...rest });
  } catch (error) {
    return fail(copyFailure(error, context.signal, target));
  } finally {
    await session.close();
  }
}

/** What a reader of the report has to know of the server that the copy lies on. */
async function serverNotes(session: Session, { facts }: OpenSource, { server }: CopyOptions): Promise<readonly string[]> {
  if (server === undefined) return [];
  const settings = server === 'ours' ? await applyServerSettings(session, facts) : await compareServerSettings(session, facts);
  return [...settings, ...(await collationNotes(session, facts))];
}

async function load(
  context: Context,
  source: OpenSource,
  target: Address,
  session: Session,
  jobs: number,
  { server, statistics = 'carry', resuming }: CopyOptions,
): Promise<Result<LiveCopy | ScriptCopy>> {
  // Before PostgreSQL 18 they are written into the catalog, on servers of ours only.
  const carriesStatistics = statistics === 'carry' && (server === 'ours' || session.serverVersionNum >= 180_000);
  switch (source.kind) {
    case 'live':
      return ok(await loadLive(context, source, target, session, { jobs, isServerOurs: server === 'ours', carriesStatistics }));
    case 'folder':
      return await loadFolder(context, source, target, session, { jobs, carriesStatistics, resuming });
    case 'script':
      return await copyScript(context, source, session, jobs);
    default:
      return unreachable(source);
  }
}

async function loadLive(context: Context, source: LiveSource, target: Address, session: Session, options: LiveCopyOptions): Promise<LiveCopy> {
  await using steady = await SteadySource.of(context, source);
  return await hashAlongside(context, steady, async (content) => {
    const copied = await copyLive(context, steady, target, session, options);
    if (content === undefined) return copied;
    const { sourceHashes, snapshotHeldMs } = await content;
    const { report } = copied;
    return { ...copied, report: { ...report, sourceHashes, snapshotHeldMs: Math.max(report.snapshotHeldMs, snapshotHeldMs) } };
  });
}

function copyFailure(error: unknown, signal: AbortSignal, target: Address): Failure {
  if (signal.aborted) return failure('interrupted', 'The copy was interrupted.');
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof SqlError)) throw error;
  const { sqlstate, message } = error.fields;
  const code = sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(sqlstate) ? 'server-lost' : 'restore-failed';
  return failure(code, `Loading into ${showAddress(target)} failed with SQLSTATE ${sqlstate}: ${message}.`, { sql: error.fields });
}
