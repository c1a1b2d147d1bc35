import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../core/artifact.ts';
import type { Event, RunHeader } from '../core/event.ts';
import type { Manifest } from '../core/evidence.ts';
import { type Failure, failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { SignatureFile } from '../core/signature-file.ts';
import { artifactFile, isArtifactPath, journalFile, manifestFile } from './artifact-path.ts';
import { fileErrorCode, fileErrorReason } from './file-error.ts';
import { hashFile, listFiles } from './hash-file.ts';
import { noPredecessor, writeJournalLine } from './journal-line.ts';
import { manifestBytes, rootHash } from './manifest.ts';
import { readEvidence } from './read-evidence.ts';
import { makeRedactor } from './redact.ts';
import { runFacts } from './run-facts.ts';

interface ArtifactOptions {
  /** The content was rendered from redacted parts (a report from the journal): only long secrets are looked for again. */
  readonly rendered?: boolean;
}

/** A run's record while it is being written. */
export interface RunFolder {
  readonly path: string;
  /** From now on this value is taken out of all that is written. What was written before stays as it is. */
  hide(secret: Secret): void;
  /** A copy without any secret: what may be shown. */
  redact<T>(value: T): T;
  /**
   * Appends an event to the journal; `progress` is for the eye only and is left out. Never throws when the disk fails: the first such
   * failure ends the recording and is kept in `trouble`.
   */
  record(event: Event): void;
  /** Why the record is incomplete, if it is. A run whose evidence couldn't be written is not a PASS. */
  readonly trouble: Failure | undefined;
  /**
   * Writes a file, text or bytes, into the run folder, an older one of the same path is replaced. Emits nothing: the caller emits `artifact`.
   *
   * @throws when the path isn't safe, which is a bug of the caller; `artifactName` makes a safe name of any text
   */
  writeArtifact(path: string, title: string, content: string | Uint8Array, options?: ArtifactOptions): Promise<Result<Artifact>>;
  /**
   * Writes manifest.json with the hash of every file, last of all. Nothing can be recorded afterwards.
   *
   * @param signature what is going to stand beside the manifest: from then on the run isn't whole without it
   */
  seal(signature?: SignatureFile): Promise<Result<SealedRun>>;
}

export interface SealedRun {
  readonly manifest: Manifest;
  /** SHA-256 of manifest.json: whoever keeps it elsewhere can tell later that nothing was made anew. */
  readonly rootSha256: string;
}

export interface RunFolderRequest {
  /** Made when it is missing. */
  readonly runsFolder: string;
  readonly header: RunHeader;
  readonly now: () => Date;
  readonly secrets?: Iterable<Secret>;
}

/** Events after which the journal is forced to the disk: a power cut may take progress, but not a decision. */
const decisive: ReadonlySet<Event['type']> = new Set<Event['type']>(['run-started', 'phase-finished', 'failure', 'run-finished']);

/**
 * Makes the folder `<runsFolder>/<runId>/` (0700, its files 0600) and opens its journal. It records nothing by itself: the first
 * event should be `run-started`.
 *
 * Each line is handed to the kernel before `record` returns, so that a kill -9 loses nothing, or at most tears the line being written.
 */
export async function openRunFolder({ runsFolder, header, now, secrets = [] }: RunFolderRequest): Promise<Result<RunFolder>> {
  const path = join(runsFolder, header.runId);
  try {
    await mkdir(runsFolder, { recursive: true, mode: 0o700 });
    await mkdir(path, { mode: 0o700 });
    // The umask may have taken rights away, never added any; this makes it exact.
    await chmod(path, 0o700);
    const journal = openSync(join(path, journalFile), 'ax', 0o600);
    return ok(makeRunFolder(path, header.runId, journal, now, secrets));
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return fail(notWritten(path, code));
  }
}

function makeRunFolder(path: string, runId: string, journal: number, now: () => Date, secrets: Iterable<Secret>): RunFolder {
  const redactor = makeRedactor(secrets);
  const artifacts = new Map<string, Artifact>();
  const journalHash = createHash('sha256');
  let previousSha256 = noPredecessor;
  let entries = 0;
  let sealed = false;
  let trouble: Failure | undefined;

  const guarded = async <T>(file: string, work: () => Promise<T>): Promise<Result<T>> => {
    try {
      return ok(await work());
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      trouble ??= notWritten(file, code);
      return fail(notWritten(file, code));
    }
  };

  return {
    path,
    get trouble() {
      return trouble;
    },
    hide: (secret) => redactor.add(secret),
    redact: (value) => redactor.value(value),
    record(event) {
      if (sealed) throw new Error(`${event.type} after the evidence was sealed`);
      if (event.type === 'progress' || trouble !== undefined) return;
      const entry = writeJournalLine({ seq: entries + 1, at: now().toISOString(), event: redactor.value(event), previousSha256 });
      try {
        const bytes = Buffer.from(`${entry.line}\n`, 'utf8');
        for (let written = 0; written < bytes.length; ) written += writeSync(journal, bytes, written);
        if (decisive.has(event.type)) fdatasyncSync(journal);
        journalHash.update(bytes);
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        // The line may be torn: anything appended to it would be lost with it.
        trouble = notWritten(join(path, journalFile), code);
        return;
      }
      previousSha256 = entry.sha256;
      entries += 1;
    },
    async writeArtifact(artifactPath, title, content, options = {}) {
      if (sealed) throw new Error(`artifact ${artifactPath} after the evidence was sealed`);
      if (!isArtifactPath(artifactPath)) throw new Error(`not a safe artifact path: ${JSON.stringify(artifactPath)}`);
      const { file, folder } = artifactFile(path, artifactPath);
      return guarded(file, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        if (typeof content !== 'string') await replaceFile(file, redactor.bytes(Buffer.from(content)));
        else await replaceFile(file, options.rendered ? redactor.renderedText(content) : redactor.text(content));
        const artifact: Artifact = { path: artifactPath, title: redactor.text(title), ...(await hashFile(file)) };
        artifacts.set(artifactPath, artifact);
        return artifact;
      });
    },
    seal: (signature) =>
      guarded(join(path, manifestFile), async () => {
        if (sealed) throw new Error('the evidence is sealed already');
        sealed = true;
        closeSync(journal);
        await adoptStrangers(path, artifacts, (bytes) => redactor.bytes(bytes));
        const journalSha256 = journalHash.digest('hex');
        const [altered] = await findAltered(path, [...artifacts.values(), { path: journalFile, sha256: journalSha256 }]);
        if (altered !== undefined) trouble ??= alteredMeanwhile(join(path, altered));
        const recorded = await readEvidence(path);
        const manifest: Manifest = {
          format: 'pgrehearse-evidence/2',
          runId,
          createdAt: now().toISOString(),
          run: runFacts(recorded.ok ? recorded.value.entries : []),
          journal: { path: journalFile, entries, sha256: journalSha256, lastEntrySha256: previousSha256 },
          artifacts: [...artifacts.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
          ...(signature === undefined ? {} : { signature }),
        };
        const bytes = manifestBytes(manifest);
        await replaceFile(join(path, manifestFile), bytes);
        return { manifest, rootSha256: rootHash(bytes) };
      }),
  };
}

/** Files that others put into the folder, such as a server's log, are redacted in place and sealed with the rest. */
async function adoptStrangers(path: string, artifacts: Map<string, Artifact>, redact: (bytes: Buffer) => Buffer): Promise<void> {
  for (const found of await listFiles(path)) {
    if (found.path === journalFile || found.path === manifestFile || artifacts.has(found.path) || !found.plain || found.folder) continue;
    const { file, name } = artifactFile(path, found.path);
    const bytes = await readFile(file);
    const redacted = redact(bytes);
    if (redacted !== bytes) await replaceFile(file, redacted);
    await chmod(file, 0o600);
    artifacts.set(found.path, { path: found.path, title: name, ...(await hashFile(file)) });
  }
}

/** What no longer holds what we wrote: programs of the team's run as our user, and may write here too. */
async function findAltered(path: string, written: readonly Pick<Artifact, 'path' | 'sha256'>[]): Promise<readonly string[]> {
  const now = await Promise.all(written.map(async (one) => ((await hashFile(join(path, one.path))).sha256 === one.sha256 ? [] : [one.path])));
  return now.flat();
}

/** Writes a file so that a reader sees either the old one or the whole new one, also after a power cut. */
async function replaceFile(file: string, content: string | Buffer): Promise<void> {
  const draft = `${file}.part`;
  await writeFile(draft, content, { mode: 0o600, flush: true });
  await rename(draft, file);
  const folder = await open(join(file, '..'), 'r');
  await folder.sync().finally(() => folder.close());
}

function notWritten(file: string, code: string): Failure {
  return failure('evidence-not-written', `The evidence could not be written to ${file}: ${fileErrorReason(code)}.`, { object: file });
}

function alteredMeanwhile(file: string): Failure {
  return failure('evidence-not-written', `The evidence is not what this run wrote: ${file} was altered meanwhile.`, { object: file });
}
