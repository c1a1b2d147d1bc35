import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ApprovedHistory } from '../../check/lineage/lineage-input.ts';
import type { Settings } from '../../config/schema.ts';
import { type Failure, failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { hashFile } from '../../evidence/hash-file.ts';
import { listRuns } from '../../evidence/list-runs.ts';
import { readEvidence } from '../../evidence/read-evidence.ts';
import { verifyEvidence } from '../../evidence/verify-evidence.ts';
import { runsFolderOf } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import { parseStructure, type Structure, structureFile } from './structure.ts';

type Approved = NonNullable<Settings['lineage']['approvedEvidence']>;

/** What an approved run says, once its seal was found whole. */
export interface ApprovedRun {
  readonly runId: string;
  readonly rootHash: string;
  /** Whether that hash was named by whoever approved it: only then a folder that was made anew would be seen. */
  readonly vouched: boolean;
  readonly history: ApprovedHistory;
  /** Production's structure as it was then. */
  readonly structure: Structure;
}

/**
 * Opens the evidence of an approved run: by its folder, by its root hash, or by both. Nothing of it is believed before its seal was verified.
 *
 * Fails with `approved-evidence-unusable`: not found, another root hash, altered, never sealed, no PASS, or one on something else than a deploy.
 */
export async function openApprovedRun(request: RehearseRequest, approved: Approved): Promise<Result<ApprovedRun>> {
  const folder = await folderOf(request, approved);
  if (!folder.ok) return folder;
  const rootHash = typeof approved === 'string' ? (isHash(approved) ? approved : undefined) : approved.rootHash;
  const verified = await verifyEvidence(folder.value, rootHash === undefined ? {} : { root: rootHash });
  if (!verified.ok) return unusable(folder.value, verified.failure.message);
  const { problems, rootSha256 } = verified.value;
  if (problems.length > 0) return unusable(folder.value, `its seal is broken: ${problems.slice(0, 3).join(' ')}`, 'history-edited');
  if (rootSha256 === undefined) return unusable(folder.value, 'it was never sealed');
  const evidence = await readEvidence(folder.value);
  if (!evidence.ok) return unusable(folder.value, evidence.failure.message);
  const events = evidence.value.entries.map(({ event }) => event);
  const end = events.findLast((event) => event.type === 'run-finished');
  if (end?.verdict.kind !== 'PASS') return unusable(folder.value, `it ended with ${end?.verdict.kind ?? 'no verdict'}, and only a PASS can be approved`);
  const header = events.find((event) => event.type === 'run-started')?.header;
  if (header?.scope !== undefined) return unusable(folder.value, `it judged ${judged[header.scope]} only, and not a deploy`);
  const runId = header?.runId ?? '';
  const label = `approved run ${runId}`;
  const migrations = events.find((event) => event.type === 'migrations-read')?.migrations;
  if (migrations === undefined || migrations.length === 0) return unusable(folder.value, 'it doesn’t tell which migration files it had');
  const structure = parseStructure(await readFile(join(folder.value, structureFile), 'utf8').catch(() => ''));
  if (structure === undefined) return unusable(folder.value, `it has no ${structureFile} that can be read`);
  return ok({ runId, rootHash: rootSha256, vouched: rootHash !== undefined, history: { label, migrations }, structure });
}

async function folderOf(request: RehearseRequest, approved: Approved): Promise<Result<string>> {
  const given = typeof approved === 'string' ? approved : approved.run;
  if (!isHash(given)) return ok(isAbsolute(given) ? given : join(request.folder, given));
  const runsFolder = runsFolderOf(request);
  const runs = await listRuns(runsFolder);
  if (!runs.ok) return runs;
  for (const { folder, sealed } of runs.value) {
    if (sealed && (await hashFile(join(folder, 'manifest.json'))).sha256 === given) return ok(folder);
  }
  return unusable(given, `no run in ${runsFolder} has this root hash`);
}

const judged = { 'way-back': 'the way back', preflight: 'whether an earlier run still applies', sync: 'what came to staging' } as const;

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function unusable(object: string, why: string, rootCause?: Failure['rootCause']): Result<never> {
  return fail(failure('approved-evidence-unusable', `The approved evidence ${object} can’t be used: ${why}`, { object, ...(rootCause && { rootCause }) }));
}
