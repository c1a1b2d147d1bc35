import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunHeader } from '../core/event.ts';
import { failure } from '../core/failure.ts';
import type { PreflightDecision } from '../core/preflight.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { RootCause } from '../core/root-cause.ts';
import type { VerdictKind } from '../core/verdict.ts';
import { fileErrorCode, fileErrorReason } from './file-error.ts';
import { readEvidence } from './read-evidence.ts';
import { isRunId } from './run-id.ts';

/** One recorded run, as `pgrehearse runs` lists it. */
export interface RunListing {
  readonly runId: string;
  readonly folder: string;
  /** ISO 8601; absent when nothing could be read. */
  readonly startedAt?: string;
  readonly title?: string;
  readonly source?: string;
  /** What it was about, where that isn't the deploy. */
  readonly scope?: NonNullable<RunHeader['scope']>;
  /** Of a preflight, which has no verdict. */
  readonly decision?: PreflightDecision;
  /** Absent when the run didn't end in order. */
  readonly verdict?: VerdictKind;
  readonly rootCause?: RootCause;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Whether a manifest seals it. */
  readonly sealed: boolean;
}

/** The runs of a runs folder, the newest first. No such folder: no runs. */
export async function listRuns(runsFolder: string): Promise<Result<readonly RunListing[]>> {
  let names: string[];
  try {
    names = await readdir(runsFolder);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') return fail(failure('evidence-not-found', `${runsFolder} cannot be read: ${fileErrorReason(code)}.`, { object: runsFolder }));
    names = [];
  }
  const newestFirst = names.filter(isRunId).sort().reverse();
  return ok(await Promise.all(newestFirst.map((runId) => readListing(runId, join(runsFolder, runId)))));
}

async function readListing(runId: string, folder: string): Promise<RunListing> {
  const read = await readEvidence(folder);
  if (!read.ok) return { runId, folder, sealed: false };
  const { entries, manifest } = read.value;
  const first = entries[0];
  const header = entries.map((entry) => entry.event).find((event) => event.type === 'run-started')?.header;
  const end = entries.map((entry) => entry.event).findLast((event) => event.type === 'run-finished');
  const preflight = entries.map((entry) => entry.event).findLast((event) => event.type === 'preflighted')?.report;
  return {
    runId,
    folder,
    sealed: manifest !== undefined,
    ...(first === undefined ? {} : { startedAt: first.at }),
    ...(header === undefined ? {} : { title: header.title, source: header.source }),
    ...(header?.scope === undefined ? {} : { scope: header.scope }),
    ...(end === undefined ? {} : { verdict: end.verdict.kind, exitCode: end.exitCode, durationMs: end.durationMs }),
    ...(preflight === undefined ? {} : { decision: preflight.decision, exitCode: preflight.exitCode, durationMs: preflight.durationMs }),
    ...(end === undefined || end.verdict.kind === 'PASS' ? {} : { rootCause: end.verdict.rootCause }),
  };
}
