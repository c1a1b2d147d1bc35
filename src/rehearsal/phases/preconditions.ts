import { join } from 'node:path';
import { checkIgnored } from '../../config/git-ignore.ts';
import type { CloneHost, InPlaceHost } from '../../core/clone-host.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { migrationHashes } from '../../migrate/migration-hashes.ts';
import { readMigrations } from '../../migrate/read-migrations.ts';
import type { ReplayStatement } from '../../traffic/replay/replay-statement.ts';
import { type Beginning, chooseBeginning } from '../choose-beginning.ts';
import { chooseHost } from '../choose-host.ts';
import { reserveTarget } from '../external-host.ts';
import { serverOf } from '../in-place/is-in-place.ts';
import { checkHistory } from '../lineage/check-history.ts';
import { toolName } from '../migrating/tool-name.ts';
import { checkBackup } from '../preconditions/check-backup.ts';
import { checkBranch } from '../preconditions/check-branch.ts';
import { type QueryFiles, readTeamQueries } from '../queries/read-team-queries.ts';
import { runsFolderOf } from '../record-run.ts';
import { replayOfFile } from '../recording/source-traffic.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, stop } from '../run.ts';
import { askProduction } from '../runbook/ask-production.ts';
import { withRunbookWaysDown } from '../runbook/runbook-ways-down.ts';

/** What the first phase made sure of. */
export interface Ready extends Beginning {
  readonly host: CloneHost | InPlaceHost;
  readonly migrations: readonly Migration[];
  /** The application's statements of the team's own file. */
  readonly replay: readonly ReplayStatement[];
  /** The application's queries of the team's own files. */
  readonly queryFiles: QueryFiles;
}

/** Is it safe and possible to start? Lists every problem that it finds, not just the first. */
export async function preconditions(context: Context, run: Run, request: RehearseRequest): Promise<PhaseReport<Ready>> {
  const { settings, folder } = request;
  const problems: Failure[] = [];
  const keep = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(...(result.failure.problems ?? [result.failure]));
    return undefined;
  };
  keep(await checkIgnored(context.edge.system, folder, [join(folder, settings.folders.dumps), runsFolderOf(request)]));
  keep(await checkBranch(context.edge.system, folder, settings.preconditions.branches));
  const read = keep(await readMigrations(settings.migrate, folder));
  const migrations = read === undefined ? undefined : keep(await withRunbookWaysDown(settings, folder, read));
  if (migrations !== undefined) {
    context.emit({ type: 'migrations-read', tool: await toolName(context, settings.migrate, folder), migrations: migrations.map(migrationHashes) });
  }
  keep(lineageIsTold(settings.migrate));
  const history = migrations === undefined ? undefined : await checkHistory(context, run, request, migrations);
  problems.push(...(history?.problems ?? []));
  const replay = keep(await replayOfFile(settings, folder)) ?? [];
  const target = serverOf(settings);
  const reserved = target === undefined ? undefined : keep(await reserveTarget(context, run, target));
  const beginning = keep(await chooseBeginning(context, request));
  const queryFiles = keep(await readTeamQueries(settings, folder, beginning?.facts.database)) ?? { today: [], next: [] };
  if (beginning !== undefined) {
    const { source, facts } = beginning;
    if (source !== undefined) run.closeAtEnd(source);
    if (source?.kind === 'live') for (const secret of [source.address.password, source.masking?.salt]) run.hide(secret);
    context.emit({ type: 'source-read', facts });
    keep(migratorIsThere(facts, settings.migrate.role));
  }
  await checkBackup(context, settings.preconditions.backup, folder, beginning?.source);
  // The way back alone is rehearsed at any time, and asks nothing of production's present state.
  if (request.only === undefined) await askProduction(context, { settings, folder, source: beginning?.source, hide: run.hide });
  // After all that is asked, and before anything is made.
  const stopping = run.stoppingGate('preconditions') ?? history?.stopping;
  // A target that could not be reserved has told so; servers of our own are no substitute for it.
  const mayChoose = beginning !== undefined && stopping === undefined && (target === undefined || reserved !== undefined);
  const host = mayChoose ? keep(await chooseHost(context, run, request, beginning, reserved)) : undefined;
  const [first] = problems;
  if (first !== undefined) return stop(problems.length === 1 ? first : several(problems, first));
  // Before anything is made.
  if (stopping !== undefined) return { go: false, outcome: stopping.outcome === 'failed' ? 'failed' : 'inconclusive', summary: stopping.summary };
  if (beginning === undefined || host === undefined || migrations === undefined) throw new Error('a precondition failed without a problem');
  const { label, serverVersion } = beginning.facts;
  const outcome = run.outcomeOf('preconditions');
  return goOn(
    { ...beginning, host, migrations, replay, queryFiles },
    outcome === 'not-applicable' ? 'passed' : outcome,
    `${label} is PostgreSQL ${serverVersion}; clones run ${host.label}.`,
  );
}

/** Before anything is copied: without this, nobody knows what is pending. */
function lineageIsTold(migrate: RehearseRequest['settings']['migrate']): Result<void> {
  if (migrate.tool === 'command' || migrate.ledger !== undefined || migrate.appliedThrough !== undefined) return ok();
  return {
    ok: false,
    failure: failure('ledger-unknown', 'Neither migrate.ledger nor migrate.appliedThrough is set, so what production has applied is unknown.'),
  };
}

/** Minutes before it would show: a dump that names no roles can't be asked. */
function migratorIsThere({ roles, label }: SourceFacts, role: string | undefined): Result<void> {
  if (role === undefined || roles.length === 0 || roles.some(({ name }) => name === role)) return ok();
  return fail(failure('role-missing', `${label} has no role ${role}, which migrate.role names.`, { object: role }));
}

function several(problems: readonly Failure[], first: Failure): Failure {
  return failure(first.code, `${problems.length} things stand in the way of a start. First: ${first.message}`, {
    rootCause: first.rootCause,
    cure: first.cure,
    problems,
  });
}
