import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { ignoreItself } from '../config/git-ignore.ts';
import type { Artifact } from '../core/artifact.ts';
import type { RunHeader } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Verdict } from '../core/verdict.ts';
import { openRunFolder, type RunFolder } from '../evidence/run-folder.ts';
import { makeRunId } from '../evidence/run-id.ts';
import type { RehearseRequest } from './request.ts';
import { sourceLabel } from './source-label.ts';
import { writeSealedReports } from './write-report.ts';

/** The record of a run under way: every event goes into the journal before anybody sees it. */
export interface Recorder {
  readonly context: Context;
  hide(secret: Secret): void;
  writeArtifact(path: string, title: string, content: string | Uint8Array): Promise<void>;
  readonly trouble: Failure | undefined;
  /** Writes the last event, the reports made from the journal, and the manifest. */
  close(end: { readonly verdict: Verdict; readonly exitCode: number }): Promise<Closed>;
}

export interface Closed {
  readonly runId: string;
  readonly runFolder: string;
  readonly reportFile: string;
  /** The evidence isn't whole. */
  readonly trouble: Failure | undefined;
}

/** Opens the run folder and says `run-started`. Fails with `evidence-not-written`. */
export async function openRecorder(context: Context, request: RehearseRequest): Promise<Result<Recorder>> {
  const startedAt = performance.now();
  const header = await headerOf(context, request);
  const opened = await openRunFolder({ runsFolder: runsFolderOf(request), header, now: context.now });
  if (!opened.ok) return opened;
  const folder = opened.value;
  // This run is recorded even where its preconditions say that git would commit it; where this can't be written, they do.
  await ignoreItself(runsFolderOf(request)).catch(() => {});
  const recorded: Context = {
    ...context,
    runId: header.runId,
    emit: (event) => {
      folder.record(event);
      // What a person or a CI log gets to see is as free of secrets as what is kept.
      context.emit(folder.redact(event));
    },
  };
  recorded.emit({ type: 'run-started', header });
  const writeArtifact = async (path: string, title: string, content: string | Uint8Array) =>
    announce(recorded, await folder.writeArtifact(path, title, content));
  return ok({
    context: recorded,
    hide: (secret) => folder.hide(secret),
    writeArtifact,
    get trouble() {
      return folder.trouble;
    },
    close: async ({ verdict, exitCode }) => {
      const durationMs = Math.round(performance.now() - startedAt);
      recorded.emit({ type: 'run-finished', verdict, exitCode, durationMs, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 });
      const reportFile = await writeSealedReports(folder);
      await folder.seal();
      return { runId: header.runId, runFolder: folder.path, reportFile, trouble: folder.trouble };
    },
  });
}

/** Absolute. */
export function runsFolderOf({ folder, runsFolder, settings }: RehearseRequest): string {
  return runsFolder ?? join(folder, settings.folders.runs);
}

function announce(context: Context, written: Awaited<ReturnType<RunFolder['writeArtifact']>>): void {
  if (written.ok) context.emit({ type: 'artifact', artifact: written.value satisfies Artifact });
}

async function headerOf(context: Context, { settings, folder, toolVersion, only }: RehearseRequest): Promise<RunHeader> {
  const { system } = context.edge;
  const git = await gitState(context, folder);
  return {
    runId: makeRunId(context.now()),
    title: settings.title ?? basename(folder),
    source: sourceLabel(context, settings.source),
    projectFolder: folder,
    toolVersion,
    nodeVersion: process.versions.node,
    platform: `${system.platform} ${system.arch}`,
    host: system.host,
    user: system.user,
    configSha256: createHash('sha256')
      .update(JSON.stringify(withoutSecrets(settings)))
      .digest('hex'),
    ...(git === undefined ? {} : { git }),
    ...(only === 'rollback' ? { scope: 'way-back' } : {}),
  };
}

async function gitState(context: Context, folder: string): Promise<RunHeader['git']> {
  const head = await context.edge.system.run({ command: 'git', args: ['rev-parse', 'HEAD'], cwd: folder });
  if (!head.ok || head.value.exitCode !== 0) return undefined;
  const status = await context.edge.system.run({ command: 'git', args: ['status', '--porcelain', '--untracked-files=no', '.'], cwd: folder });
  return { commit: head.value.stdout.trim(), dirty: status.ok && status.value.stdout.trim() !== '' };
}

/** A URL may hold a password; what is hashed must not, since a short password could be found from its hash. */
function withoutSecrets(settings: RehearseRequest['settings']): unknown {
  const source = 'dump' in settings.source ? settings.source : { ...settings.source, url: undefined };
  const target = settings.target === undefined ? undefined : { ...settings.target, url: undefined };
  return { ...settings, source, target, clone: { ...settings.clone, password: undefined } };
}
