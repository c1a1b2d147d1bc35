import { lstat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Artifact } from '../core/artifact.ts';
import type { JournalEntry, Manifest, ManifestOfFormat1 } from '../core/evidence.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { SignatureFile } from '../core/signature-file.ts';
import { artifactFile, isArtifactPath, journalFile, manifestFile } from './artifact-path.ts';
import { fileErrorCode, fileErrorReason } from './file-error.ts';
import { type FoundFile, hashFile, listFiles } from './hash-file.ts';
import { isLineIntact, noPredecessor, readJournalLine } from './journal-line.ts';
import { manifestBytes, rootHash } from './manifest.ts';
import { journalLines, parseManifest, readManifestBytes } from './read-evidence.ts';
import { runFacts } from './run-facts.ts';
import { isRunId } from './run-id.ts';

export interface Verification {
  /** Empty when nothing was altered, as far as that can be shown. One sentence each. */
  readonly problems: readonly string[];
  /** What these hashes alone can't show, and what would: a sentence each. Empty where a root hash or a signer vouches for the whole. */
  readonly notShown: readonly string[];
  /** What is worth knowing and no fault of the record: files that others may write, such as. */
  readonly remarks: readonly string[];
  /** Journal entries and files that were checked. */
  readonly entries: number;
  readonly files: number;
  /** SHA-256 of manifest.json; absent where there is none. */
  readonly rootSha256?: string;
  /** Who signed it, as the list of signers calls them; absent where nobody's signature was checked. */
  readonly signedBy?: string;
}

export interface VerifyOptions {
  /** The root hash that was written down when the run ended: 64 hex digits. */
  readonly root?: string;
  /** Somebody of the list of signers has to have signed it: whoever makes a record anew leaves the signature out. */
  readonly mustBeSigned?: boolean;
  /** Checks the signature that the manifest speaks of. Without it, none is. */
  readonly checkSignature?: (folder: string, signature: SignatureFile, manifest: Buffer) => Promise<SignatureCheck>;
}

/** What a look at a signature gave. */
export interface SignatureCheck {
  /** Sentences; none: it is a good signature of these very bytes. */
  readonly problems: readonly string[];
  /** Set where somebody of the list of signers made it. */
  readonly signedBy?: string;
  /** Why it isn't known whose it is. */
  readonly notShown?: string;
}

interface Chain {
  readonly problems: string[];
  readonly entries: number;
  readonly read: readonly JournalEntry[];
  readonly lastEntrySha256: string;
  readonly runId?: string;
  /** What the journal itself says of the files, the last word on each. */
  readonly artifacts: ReadonlyMap<string, Artifact>;
}

/**
 * Proves that a run's record is whole and unaltered: the journal's chain of hashes, every file against the manifest, the manifest against the journal,
 * and nothing added. With the root hash or a signature this holds for every byte. Without either it protects against accidents and clumsy edits only:
 * somebody who can write to the folder can make a new journal and a new manifest, and `notShown` says so.
 *
 * @example await verifyEvidence(folder, { root: 'b5bb9d80…' })
 */
export async function verifyEvidence(folder: string, { root, checkSignature, mustBeSigned = false }: VerifyOptions = {}): Promise<Result<Verification>> {
  try {
    const chain = await followChain(folder);
    const present = await listFiles(folder);
    const bytes = await readManifestBytes(folder);
    const manifest = bytes === undefined ? undefined : parseManifest(bytes);
    const problems = [...chain.problems];
    const signature = manifest?.format === 'pgrehearse-evidence/2' ? manifest.signature : undefined;
    let signed: SignatureCheck | undefined;
    if (bytes === undefined) problems.push(`There is no ${manifestFile}: the run did not end in order, and its files are not sealed.`);
    else if (manifest === undefined) problems.push(`${manifestFile} cannot be read.`);
    else {
      problems.push(...againstRoot(bytes, root));
      // An altered blank says the same to a reader and is an altered byte all the same.
      if (!manifestBytes(manifest).equals(bytes)) problems.push(`${manifestFile} is not spelled as it was written.`);
      problems.push(...(await againstManifest(folder, manifest, chain)));
      if (signature !== undefined) {
        const there = present.some(({ path }) => path === signature.file);
        if (!there) problems.push(`${signature.file} is missing: this run was signed when it was sealed.`);
        else if (checkSignature !== undefined) signed = await checkSignature(folder, signature, bytes);
        problems.push(...(signed?.problems ?? []));
      }
      problems.push(...strangers(present, manifest, signature));
    }
    if (mustBeSigned && signed?.signedBy === undefined && (signed?.problems ?? []).length === 0) problems.push('None of those who may sign has signed it.');
    problems.push(...ofAnotherRun(folder, manifest?.runId ?? chain.runId));
    if (bytes === undefined && root !== undefined) problems.push(`There is nothing that the root hash ${root} could be of.`);
    for (const { path, plain } of present) if (!plain) problems.push(`${path} is not a plain file.`);
    return ok({
      problems,
      notShown: unproven(root, signature, signed),
      remarks: present.filter(({ open }) => open).map(({ path }) => `${path} may be read or written by others than its owner.`),
      entries: chain.entries,
      files: present.filter(({ folder: isFolder }) => !isFolder).length,
      ...(bytes === undefined ? {} : { rootSha256: rootHash(bytes) }),
      ...(signed?.signedBy === undefined ? {} : { signedBy: signed.signedBy }),
    });
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return fail(failure('evidence-not-found', `There is no evidence in ${folder}: ${fileErrorReason(code)}.`, { object: folder }));
  }
}

function againstRoot(bytes: Buffer, root: string | undefined): readonly string[] {
  const found = rootHash(bytes);
  return root === undefined || found === root.toLowerCase() ? [] : [`${manifestFile} is not the one with the root hash ${root}: its own is ${found}.`];
}

/** A whole record in another run's place is whole in itself. A copy of a folder may have any name, but not that of another run. */
function ofAnotherRun(folder: string, runId: string | undefined): readonly string[] {
  const name = basename(resolve(folder));
  return runId === undefined || runId === name || !isRunId(name) ? [] : [`The folder ${name} holds the record of another run, ${runId}.`];
}

/** What was put into the folder afterwards: files, and folders in which nothing that was sealed lies. */
function strangers(present: readonly FoundFile[], manifest: Manifest | ManifestOfFormat1, signature: SignatureFile | undefined): readonly string[] {
  const sealed = new Set([journalFile, manifestFile, ...(signature === undefined ? [] : [signature.file]), ...manifest.artifacts.map(({ path }) => path)]);
  const holds = (folder: string) => [...sealed].some((path) => path.startsWith(`${folder}/`));
  return present.filter((one) => (one.folder ? !holds(one.path) : !sealed.has(one.path))).map(({ path }) => `${path} was added after the evidence was sealed.`);
}

function unproven(root: string | undefined, signature: SignatureFile | undefined, signed: SignatureCheck | undefined): readonly string[] {
  if (root !== undefined || signed?.signedBy !== undefined) return [];
  const whole =
    'Whether all of it was made anew by somebody who could write to the folder: that takes the root hash that was printed when the run ended (--root)';
  if (signature === undefined) return [`${whole}, or a signature, which this run has not.`];
  return [`${whole}, or the list of those who may sign (--signers).`, ...(signed?.notShown === undefined ? [] : [signed.notShown])];
}

async function followChain(folder: string): Promise<Chain> {
  const problems: string[] = [];
  const artifacts = new Map<string, Artifact>();
  const read: JournalEntry[] = [];
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
    read.push(entry);
    if (!isLineIntact(line, entry)) problems.push(`Line ${number} of ${journalFile} was altered.`);
    if (entry.previousSha256 !== previous) problems.push(`Line ${number} of ${journalFile} does not follow the line before it.`);
    if (entry.seq !== entries) problems.push(`Line ${number} of ${journalFile} has number ${entry.seq} instead of ${entries}.`);
    previous = entry.sha256;
    // Of a line that was altered nothing is believed, not even that it has the fields of its kind.
    if (!isLineIntact(line, entry)) continue;
    if (entry.event.type === 'run-started') runId = entry.event.header?.runId;
    if (entry.event.type === 'artifact' && entry.event.artifact !== undefined) artifacts.set(entry.event.artifact.path, entry.event.artifact);
  }
  return { problems, entries, read, lastEntrySha256: previous, artifacts, ...(runId === undefined ? {} : { runId }) };
}

async function againstManifest(folder: string, manifest: Manifest | ManifestOfFormat1, chain: Chain): Promise<readonly string[]> {
  const problems: string[] = [];
  const { journal } = manifest;
  if ((await hashFile(join(folder, journalFile))).sha256 !== journal.sha256) problems.push(`${journalFile} is not the file that was sealed.`);
  if (chain.entries !== journal.entries) problems.push(`${journalFile} has ${chain.entries} entries; ${journal.entries} were sealed.`);
  if (chain.lastEntrySha256 !== journal.lastEntrySha256) problems.push(`The last entry of ${journalFile} is not the one that was sealed.`);
  if (chain.runId !== undefined && chain.runId !== manifest.runId) problems.push(`The manifest is of run ${manifest.runId}, the journal of ${chain.runId}.`);
  // A broken chain is told already, and its events may be anything.
  if (manifest.format === 'pgrehearse-evidence/2' && chain.problems.length === 0 && !saysTheSame(manifest, chain.read)) {
    problems.push(`What ${manifestFile} says of the run is not what ${journalFile} says.`);
  }
  for (const artifact of manifest.artifacts) problems.push(...(await againstArtifact(folder, artifact)));
  const sealed = new Map(manifest.artifacts.map((artifact) => [artifact.path, artifact]));
  if (sealed.size !== manifest.artifacts.length) problems.push(`${manifestFile} names a file twice.`);
  for (const [path, artifact] of chain.artifacts) {
    const found = sealed.get(path);
    if (found?.sha256 !== artifact.sha256) problems.push(`${path} is not sealed with the hash that the journal recorded.`);
    else if (found.title !== artifact.title) problems.push(`${manifestFile} calls ${path} otherwise than the journal does.`);
  }
  const strange = Object.keys(manifest).filter((key) => !fieldsOfManifest.has(key));
  if (strange.length > 0) problems.push(`${manifestFile} holds more than was written: ${strange.join(', ')}.`);
  return problems;
}

const fieldsOfManifest: ReadonlySet<string> = new Set(['format', 'runId', 'createdAt', 'run', 'journal', 'artifacts', 'signature']);

function saysTheSame(manifest: Manifest, entries: readonly JournalEntry[]): boolean {
  try {
    return JSON.stringify(manifest.run) === JSON.stringify(runFacts(entries));
  } catch {
    // Events that somebody wrote by hand, with good hashes and without their fields.
    return false;
  }
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
