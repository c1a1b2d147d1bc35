import { join } from 'node:path';
import { ignoreItself } from '../config/git-ignore.ts';
import type { Artifact } from '../core/artifact.ts';
import type { Event } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import type { Verdict } from '../core/verdict.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { leaveOutValues } from '../evidence/leave-out-values.ts';
import { openRunFolder, type RunFolder } from '../evidence/run-folder.ts';
import { settingsSecrets } from '../evidence/settings-secrets.ts';
import { prepareSigning, type Signing } from '../evidence/signing/prepare-signing.ts';
import { keepTranscript } from '../evidence/transcript/keep-transcript.ts';
import { transcribedEdge } from '../evidence/transcript/transcribed-edge.ts';
import { withoutLiterals } from '../evidence/transcript/without-literals.ts';
import { knownAddress, placeOfSource } from './cloud/place.ts';
import type { RehearsedDeploy } from './deploy-of-run.ts';
import type { RehearseRequest } from './request.ts';
import { runHeader } from './run-header.ts';
import { sourceLabel } from './source/source-label.ts';
import { writeTranscripts } from './write-evidence.ts';
import { writeNamedLogs, writeSealedReports } from './write-report.ts';

/** The record of a run under way: every event goes into the journal before anybody sees it. */
export interface Recorder {
  /** Where files of the run are, absolute. */
  readonly runFolder: string;
  readonly context: Context;
  hide(secret: Secret): void;
  /** An event as it may be kept: without values of rows, where these are left out. */
  shown(event: Event): Event;
  writeArtifact(path: string, title: string, content: string | Uint8Array): Promise<void>;
  readonly trouble: Failure | undefined;
  /** Tells what a deploy would apply, in order, for the transcript that an approver signs. */
  willDeploy(pending: readonly Migration[]): void;
  /** Tries the key that the run is to be signed with, before the verdict; what is wrong with it keeps the run from being a PASS. */
  trySigning(): Promise<Failure | undefined>;
  /**
   * Writes the last event, the reports made from the journal, and the manifest, and signs it where that is asked for.
   *
   * @param withTrouble how the run ends when that doesn't succeed
   */
  close(end: RunEnd, withTrouble: (trouble: Failure) => RunEnd): Promise<Closed>;
}

export interface RunEnd {
  readonly verdict: Verdict;
  readonly exitCode: number;
}

export interface Closed {
  readonly runId: string;
  readonly runFolder: string;
  readonly reportFile: string;
  /** SHA-256 of the sealed manifest; absent where it couldn't be written. */
  readonly rootSha256?: string;
  /** As it was to be, or as it became since the evidence isn't whole or not signed. */
  readonly end: RunEnd;
}

/** What a run is about that rehearses nothing. */
export interface OtherScope {
  readonly scope: 'sync';
  /** What it is called that is read. */
  readonly label: string;
  /** Where production is, for the transcript. */
  readonly production?: Address | undefined;
}

/** Opens the run folder and says `run-started`. Fails with `evidence-not-written`. */
export async function openRecorder(outside: Context, request: RehearseRequest, other?: OtherScope): Promise<Result<Recorder>> {
  const production = other === undefined ? productionOf(outside, request) : other.production;
  const startedAt = performance.now();
  const { evidence } = request.settings;
  const leaveOut = evidence.rowValues === 'leave-out';
  const shown = (event: Event) => (leaveOut ? leaveOutValues(event) : event);
  const keeper = keepTranscript({ now: outside.now, production, ...(leaveOut && { showText: withoutLiterals }) });
  const context: Context = { ...outside, edge: transcribedEdge(outside.edge, keeper) };
  const scope = other?.scope ?? (request.only === 'rollback' ? 'way-back' : undefined);
  const label = other?.label ?? sourceLabel(context, request.settings.source);
  const header = await runHeader(context, request, { source: label, ...withoutUndefined({ scope }) });
  const secrets = [...context.edge.system.environmentSecrets(), ...settingsSecrets(request.settings), ...passwordOf(production)];
  const opened = await openRunFolder({ runsFolder: runsFolderOf(request), header, now: context.now, secrets });
  if (!opened.ok) return opened;
  const folder = opened.value;
  // This run is recorded even where its preconditions say that git would commit it; where this can't be written, they do.
  await ignoreItself(runsFolderOf(request)).catch(() => {});
  const recorded: Context = {
    ...context,
    runId: header.runId,
    hide: (secret) => folder.hide(secret),
    emit: (event) => {
      keeper.hear(event);
      // Further clones are stamped in the same way.
      if (event.type === 'stamped') stamp ??= { revision: event.report.revision, argv: event.report.command };
      if (event.type === 'migration-finished' && event.outcome.ranAs === 'no-transaction') noTransaction.add(event.outcome.migration);
      const kept = shown(event);
      folder.record(kept);
      // What a person or a CI log gets to see is as free of secrets as what is kept.
      outside.emit(folder.redact(kept));
    },
  };
  recorded.emit({ type: 'run-started', header });
  const writeArtifact = async (path: string, title: string, content: string | Uint8Array) => {
    // Answers and pictures of the application show rows, whatever else they show.
    if (leaveOut && path.startsWith('smoke/')) return;
    announce(recorded, await folder.writeArtifact(path, title, content));
  };
  let signing: Signing | undefined;
  let pending: readonly Migration[] | undefined;
  let stamp: RehearsedDeploy['stamp'];
  const noTransaction = new Set<string>();
  return ok({
    runFolder: folder.path,
    context: recorded,
    hide: (secret) => folder.hide(secret),
    shown,
    writeArtifact,
    get trouble() {
      return folder.trouble;
    },
    willDeploy: (migrations) => {
      pending = migrations;
    },
    async trySigning() {
      if (evidence.signing === undefined) return undefined;
      const hide = (secret: Secret) => folder.hide(secret);
      const tried = await prepareSigning(context.edge.system, evidence.signing, { runFolder: folder.path, projectFolder: request.folder, hide });
      if (tried.ok) signing = tried.value;
      return tried.ok ? undefined : tried.failure;
    },
    close: async (end, withTrouble) => {
      const durationMs = Math.round(performance.now() - startedAt);
      const known = folder.trouble;
      await writeTranscripts(writeArtifact, keeper, request.settings, { pending, noTransaction, ...(stamp === undefined ? {} : { stamp }) });
      const finished = { type: 'run-finished', durationMs, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 } as const;
      recorded.emit({ ...finished, ...end });
      await writeNamedLogs(folder, evidence.logs);
      const reportFile = await writeSealedReports(folder);
      const sealed = await folder.seal(signing?.signature);
      const signed = sealed.ok ? await signing?.sign(folder.path) : undefined;
      const rootSha256 = sealed.ok ? sealed.value.rootSha256 : undefined;
      const trouble = (folder.trouble === known ? undefined : folder.trouble) ?? (signed?.ok === false ? signed.failure : undefined);
      const told = trouble === undefined ? end : withTrouble(trouble);
      // The journal is closed; whoever listens must not be left with an end that no longer holds.
      if (trouble !== undefined) {
        outside.emit({ type: 'failure', phase: 'verdict', failure: trouble });
        outside.emit({ ...finished, ...told });
      }
      if (rootSha256 !== undefined) outside.emit({ type: 'sealed', rootSha256, ...(signing === undefined ? {} : { signature: signing.signature }) });
      return { runId: header.runId, runFolder: folder.path, reportFile, ...(rootSha256 === undefined ? {} : { rootSha256 }), end: told };
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

/** Where the source is a live server, what leads to it. */
function productionOf(outside: Context, { settings: { source } }: RehearseRequest): Address | undefined {
  const place = placeOfSource(source);
  return place === undefined ? undefined : knownAddress(outside, place);
}

function passwordOf(address: Address | undefined): readonly Secret[] {
  return address?.password === undefined ? [] : [address.password];
}
