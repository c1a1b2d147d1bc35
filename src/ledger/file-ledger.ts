import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Home, Ledger, SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { parseResource } from './parse-resource.ts';
import { whileMissing } from './while-missing.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/**
 * Opens the ledger in `home.state`: one JSON file a resource, named by its id, so that several runs can write at once without a lock.
 *
 * @param now gives the instant that `createdAt` is stamped with.
 */
export async function openLedger(home: Home, system: SystemPort, now: () => Date): Promise<Result<Ledger>> {
  const folder = join(home.state, 'ledger');
  try {
    await whileMissing(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await syncFolder(home.state);
    });
    await removeOldDrafts(folder);
  } catch (error) {
    return fail(failure('home-unsafe', `the ledger’s folder ${folder} cannot be made: ${String(error)}`, { object: folder }));
  }
  const processStartedAt = await system.processStartedAt(process.pid);
  // Without its own start time a later gc couldn't tell this process from another one with the same pid.
  if (processStartedAt === undefined) throw new Error('the start time of this very process cannot be read');
  const owner = { pid: process.pid, processStartedAt, host: system.host };

  const fileOf = (id: string) => {
    if (!/^[a-z]+-[a-z0-9-]+$/.test(id)) throw new Error(`not a resource id: ${id}`);
    return join(folder, `${id}.json`);
  };
  const write = async (resource: Resource) => {
    await whileMissing(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeDurably(fileOf(resource.id), `${JSON.stringify(resource, null, 1)}\n`);
    });
    return resource;
  };

  return ok({
    async plan({ kind, label, facts, kept, expiresAt, runId }) {
      const at = now();
      return await write({
        id: `${kind}-${at.toISOString().slice(0, 19).replace(/\D/g, '')}-${randomBytes(4).toString('hex')}`,
        kind,
        label,
        facts,
        kept: kept ?? false,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(runId === undefined ? {} : { runId }),
        owner,
        createdAt: at.toISOString(),
      });
    },

    async amend(id, { facts, ...change }) {
      const before = parseResource(await readFile(fileOf(id), 'utf8'), id);
      if ('reason' in before) throw new Error(`ledger line ${fileOf(id)}: ${before.reason}`);
      return await write({ ...before, ...change, facts: { ...before.facts, ...facts } });
    },

    async forget(id) {
      // Two gc's may finish the same job: gone is gone.
      await unlink(fileOf(id)).catch(unlessMissing);
      await syncFolder(folder).catch(unlessMissing);
    },

    async list() {
      const lines = await readAll(folder);
      return lines.flatMap((line) => ('resource' in line ? [line.resource] : []));
    },

    async damaged() {
      const lines = await readAll(folder);
      return lines.flatMap((line) => ('reason' in line ? [line] : []));
    },
  });
}

type Line = { readonly resource: Resource } | { readonly file: string; readonly reason: string };

/** Every line, oldest first: ids begin with the kind, so they are ordered by when they were made. */
async function readAll(folder: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const name of (await readdir(folder).catch(noneIfMissing)).toSorted()) {
    // A draft that a kill -9 left was never a line: what it announces wasn't made yet.
    if (!name.endsWith('.json')) continue;
    const file = join(folder, name);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (!isMissing(error)) lines.push({ file, reason: String(error) });
      continue;
    }
    const resource = parseResource(text, name.slice(0, -'.json'.length));
    lines.push('reason' in resource ? { file, reason: resource.reason } : { resource });
  }
  return lines.toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)));
}

/** Drafts that a kill -9 left; one that is being written now is younger. */
async function removeOldDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(noneIfMissing)) {
    if (!name.endsWith('.tmp')) continue;
    const draft = await stat(join(folder, name)).catch(() => undefined);
    if (draft !== undefined && Date.now() - draft.mtimeMs > 3_600_000) await unlink(join(folder, name)).catch(unlessMissing);
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function noneIfMissing(error: unknown): string[] {
  unlessMissing(error);
  return [];
}

function createdAt(line: Line): string {
  return 'resource' in line ? line.resource.createdAt : '';
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
