import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../core/artifact.ts';
import type { Manifest } from '../core/evidence.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { artifactFile, isArtifactPath, journalFile, manifestFile } from './artifact-path.ts';
import { fileErrorCode, fileErrorReason } from './file-error.ts';
import { hashFile, listFiles } from './hash-file.ts';
import { isLineIntact, noPredecessor, readJournalLine } from './journal-line.ts';
import { journalLines, readManifest } from './read-evidence.ts';

export interface Verification {
  /** Empty when the record is whole and unaltered. One sentence each. */
  readonly problems: readonly string[];
  /** Journal entries and files that were checked. */
  readonly entries: number;
  readonly files: number;
}

interface Chain {
  readonly problems: string[];
  readonly entries: number;
  readonly lastEntrySha256: string;
  readonly runId?: string;
  /** What the journal itself says of the files, the last word on each. */
  readonly artifacts: ReadonlyMap<string, Artifact>;
}

/**
 * Proves that a run's record is whole and unaltered: the journal's chain of hashes, every file against the manifest, and no file added.
 * It protects against accidents and clumsy edits; somebody who can write to the folder can also make a new chain and a new manifest,
 * so that whoever needs more keeps the manifest's own hash elsewhere.
 */
export async function verifyEvidence(folder: string): Promise<Result<Verification>> {
  try {
    const chain = await followChain(folder);
    const manifest = await readManifest(folder);
    const present = new Map((await listFiles(folder)).map((file) => [file.path, file.plain]));
    const problems = [...chain.problems];
    if (manifest === undefined) {
      problems.push(
        present.has(manifestFile)
          ? `${manifestFile} cannot be read.`
          : `There is no ${manifestFile}: the run did not end in order, and its files are not sealed.`,
      );
    } else {
      problems.push(...(await againstManifest(folder, manifest, chain)));
      const sealed = new Set([journalFile, manifestFile, ...manifest.artifacts.map((artifact) => artifact.path)]);
      for (const path of present.keys()) if (!sealed.has(path)) problems.push(`${path} was added after the evidence was sealed.`);
    }
    for (const [path, plain] of present) if (!plain) problems.push(`${path} is not a plain file.`);
    return ok({ problems, entries: chain.entries, files: present.size });
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return fail(failure('evidence-not-found', `There is no evidence in ${folder}: ${fileErrorReason(code)}.`, { object: folder }));
  }
}

async function followChain(folder: string): Promise<Chain> {
  const problems: string[] = [];
  const artifacts = new Map<string, Artifact>();
  let previous = noPredecessor;
  let entries = 0;
  let runId: string | undefined;
  for await (const { line, number } of journalLines(folder)) {
    const entry = readJournalLine(line);
    if (entry === undefined) {
      problems.push(`Line ${number} of ${journalFile} is not an entry: it was cut off or altered.`);
      continue;
    }
    entries += 1;
    if (!isLineIntact(line, entry)) problems.push(`Line ${number} of ${journalFile} was altered.`);
    if (entry.previousSha256 !== previous) problems.push(`Line ${number} of ${journalFile} does not follow the line before it.`);
    if (entry.seq !== entries) problems.push(`Line ${number} of ${journalFile} has number ${entry.seq} instead of ${entries}.`);
    previous = entry.sha256;
    if (entry.event.type === 'run-started') runId = entry.event.header.runId;
    if (entry.event.type === 'artifact') artifacts.set(entry.event.artifact.path, entry.event.artifact);
  }
  return { problems, entries, lastEntrySha256: previous, artifacts, ...(runId === undefined ? {} : { runId }) };
}

async function againstManifest(folder: string, manifest: Manifest, chain: Chain): Promise<readonly string[]> {
  const problems: string[] = [];
  const { journal } = manifest;
  if ((await hashFile(join(folder, journalFile))).sha256 !== journal.sha256) problems.push(`${journalFile} is not the file that was sealed.`);
  if (chain.entries !== journal.entries) problems.push(`${journalFile} has ${chain.entries} entries; ${journal.entries} were sealed.`);
  if (chain.lastEntrySha256 !== journal.lastEntrySha256) problems.push(`The last entry of ${journalFile} is not the one that was sealed.`);
  if (chain.runId !== undefined && chain.runId !== manifest.runId) problems.push(`The manifest is of run ${manifest.runId}, the journal of ${chain.runId}.`);
  for (const artifact of manifest.artifacts) problems.push(...(await againstArtifact(folder, artifact)));
  const sealed = new Map(manifest.artifacts.map((artifact) => [artifact.path, artifact.sha256]));
  for (const [path, artifact] of chain.artifacts) {
    if (sealed.get(path) !== artifact.sha256) problems.push(`${path} is not sealed with the hash that the journal recorded.`);
  }
  return problems;
}

async function againstArtifact(folder: string, artifact: Artifact): Promise<readonly string[]> {
  // A forged manifest must not make us read files elsewhere.
  if (!isArtifactPath(artifact.path) && !isStranger(artifact.path)) return [`The manifest names a path outside of the run folder: ${artifact.path}`];
  const { file } = artifactFile(folder, artifact.path);
  try {
    if (!(await lstat(file)).isFile()) return [];
    const found = await hashFile(file);
    return found.sha256 === artifact.sha256 && found.sizeBytes === artifact.sizeBytes ? [] : [`${artifact.path} was altered.`];
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return [code === 'ENOENT' || code === 'ENOTDIR' ? `${artifact.path} is missing.` : `${artifact.path} cannot be read: ${fileErrorReason(code)}.`];
  }
}

/** Files that others put into the folder may have any name, but no way out of it. */
function isStranger(path: string): boolean {
  return !path.startsWith('/') && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
