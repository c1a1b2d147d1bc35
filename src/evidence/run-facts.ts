import type { JournalEntry, RunFacts } from '../core/evidence.ts';
import { type RunSummary, summarise } from '../core/run-summary.ts';
import { withoutUndefined } from '../core/without-undefined.ts';

/**
 * What a run was, read from its journal alone. `evidence verify` works it out again and compares, so that a manifest which says something else than its
 * journal is found. Sealed runs live long: a change of what this gives for an old journal needs a new format of the manifest.
 */
export function runFacts(entries: readonly JournalEntry[]): RunFacts {
  const summary = summarise(entries);
  const { header } = summary;
  return {
    ...withoutUndefined({ title: header?.title, scope: header?.scope, startedAt: summary.startedAt, endedAt: summary.endedAt, verdict: verdictOf(summary) }),
    ...withoutUndefined({ madeBy: header === undefined ? undefined : { user: header.user, host: header.host, platform: header.platform } }),
    ...withoutUndefined({ project: projectOf(summary) }),
    versions: versionsOf(summary),
    ...withoutUndefined({ data: dataOf(summary) }),
    migrations: migrationsOf(summary),
  };
}

function verdictOf({ verdict, exitCode }: RunSummary): RunFacts['verdict'] {
  if (verdict === undefined || exitCode === undefined) return undefined;
  return { kind: verdict.kind, ...(verdict.kind === 'PASS' ? {} : { rootCause: verdict.rootCause }), exitCode };
}

function projectOf({ header }: RunSummary): RunFacts['project'] {
  if (header === undefined) return undefined;
  const { projectFolder, configSha256, git } = header;
  return { folder: projectFolder, configSha256, ...(git === undefined ? {} : { commit: git.commit, dirty: git.dirty }) };
}

function versionsOf({ header, repo, source, cloned, copy }: RunSummary): RunFacts['versions'] {
  return withoutUndefined({
    pgrehearse: header?.toolVersion,
    node: header?.nodeVersion,
    migrationTool: repo?.tool,
    sourceServer: source?.serverVersion,
    cloneServer: cloned?.server,
    pgDump: copy?.ddlBy,
  });
}

function dataOf({ header, source, cloned, copy }: RunSummary): RunFacts['data'] {
  if (source === undefined) return undefined;
  return {
    source: header?.source ?? source.label,
    database: source.database,
    dataAsOf: cloned?.dataAsOf ?? source.dataAsOf,
    ...withoutUndefined({ imageId: cloned?.imageId ?? copy?.fromImage?.id, imageMadeAt: copy?.fromImage?.madeAt }),
  };
}

/** Where the repo's migrations were never read, those that the lineage names. */
function migrationsOf({ repo, lineage, migrations }: RunSummary): RunFacts['migrations'] {
  const pending = new Set(lineage?.pending);
  const known = repo?.migrations ?? migrations.flatMap(({ revision, file, sha256 }) => (file && sha256 ? [{ revision, file, sha256 }] : []));
  return known.map(({ revision, file, sha256 }) => ({ revision, file, sha256, pending: pending.has(revision) }));
}
