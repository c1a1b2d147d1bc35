import { join } from 'node:path';
import type { Evidence, JournalEntry, Manifest, ManifestOfFormat1 } from '../core/evidence.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { journalFile, manifestFile } from './artifact-path.ts';
import { fileErrorCode, fileErrorReason } from './file-error.ts';
import { readJournalLine } from './journal-line.ts';
import { openPlainly } from './open-plainly.ts';

/**
 * Reads a run's record. A last line that was cut off by a crash is left out, and `torn` says so; an unreadable line before the end is
 * the failure `evidence-damaged`. Hashes aren't checked here: that is verifyEvidence's work.
 */
export async function readEvidence(folder: string): Promise<Result<Evidence>> {
  try {
    const manifest = await readManifest(folder);
    const entries: JournalEntry[] = [];
    let unreadable: number | undefined;
    for await (const { line, number } of journalLines(folder)) {
      if (unreadable !== undefined) {
        return fail(failure('evidence-damaged', `Line ${unreadable} of ${join(folder, journalFile)} is not an entry.`, { object: folder }));
      }
      const entry = readJournalLine(line);
      if (entry === undefined) unreadable = number;
      else entries.push(entry);
    }
    return ok({ entries, ...(manifest === undefined ? {} : { manifest }), ...(unreadable === undefined ? {} : { torn: true }) });
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return fail(failure('evidence-not-found', `There is no evidence in ${folder}: ${fileErrorReason(code)}.`, { object: folder }));
  }
}

/** The journal's lines as they stand, without empty ones. */
export async function* journalLines(folder: string): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  // Not node:readline, which also breaks lines at U+2028, a character that JSON text may hold.
  let rest = '';
  let number = 0;
  await using journal = await openPlainly(join(folder, journalFile));
  for await (const chunk of journal.createReadStream({ encoding: 'utf8', autoClose: false }) as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (line !== '') yield { line, number };
    }
  }
  if (rest !== '') yield { line: rest, number: number + 1 };
}

/** The manifest; undefined when there is none, or when it isn't one. */
export async function readManifest(folder: string): Promise<Manifest | ManifestOfFormat1 | undefined> {
  const bytes = await readManifestBytes(folder);
  return bytes === undefined ? undefined : parseManifest(bytes);
}

/** The manifest's bytes, as its root hash is taken of them; undefined when there is none. */
export async function readManifestBytes(folder: string): Promise<Buffer | undefined> {
  try {
    await using manifest = await openPlainly(join(folder, manifestFile));
    return await manifest.readFile();
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined where the bytes aren't a manifest of a known format. */
export function parseManifest(bytes: Buffer): Manifest | ManifestOfFormat1 | undefined {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Manifest | ManifestOfFormat1 | null;
    if (value === null || !isSealed(value)) return undefined;
    return value.format === 'pgrehearse-evidence/1' || typeof value.run === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSealed(value: Manifest | ManifestOfFormat1): boolean {
  const known = value.format === 'pgrehearse-evidence/1' || value.format === 'pgrehearse-evidence/2';
  const isArtifact = (one: unknown) => typeof one === 'object' && one !== null && 'path' in one && typeof one.path === 'string';
  return known && typeof value.journal === 'object' && Array.isArray(value.artifacts) && value.artifacts.every(isArtifact);
}
