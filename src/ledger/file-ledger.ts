import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError, failure } from '../core/failure.ts';
import type { Home, Ledger, SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { locksIn } from './one-at-a-time.ts';
import { parseResource } from './parse-resource.ts';
import { namesIn, removeClaims, succeed } from './succession.ts';
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
    await removeRemains(folder);
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
    try {
      await whileMissing(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeDurably(fileOf(resource.id), `${JSON.stringify(resource, null, 1)}\n`);
      });
    } catch (error) {
      refuse(folder, error);
    }
    return resource;
  };
  const read = async (id: string) => {
    const text = await readFile(fileOf(id), 'utf8').catch(unlessMissing);
    const line = text === undefined ? undefined : parseResource(text, id);
    return line === undefined || 'reason' in line ? undefined : line;
  };

  return ok({
    ...locksIn(home.state, owner, system),

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

    async takeOver(id) {
      const found = await read(id);
      const isOurs = found !== undefined && (await succeed(folder, found, owner, system).catch((error: unknown) => refuse(folder, error)));
      if (!isOurs) return undefined;
      const line = await read(id);
      if (line === undefined) {
        await removeClaims(folder, await namesIn(folder), (of) => of === id);
        return undefined;
      }
      // It is ours by the claim alone: where there is no room for the line that says so, it can be removed all the same.
      return await write({ ...line, owner }).catch(() => ({ ...line, owner }));
    },

    async forget(id) {
      // Two gc's may finish the same job: gone is gone.
      await unlink(fileOf(id)).catch(unlessMissing);
      await removeClaims(folder, await namesIn(folder), (of) => of === id);
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
  for (const name of (await namesIn(folder)).toSorted()) {
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

/** Drafts that a kill -9 left; one that is being written now is younger. Claims to lines that are gone. */
async function removeRemains(folder: string): Promise<void> {
  const names = await namesIn(folder);
  for (const name of names) {
    if (!name.endsWith('.tmp')) continue;
    const draft = await stat(join(folder, name)).catch(() => undefined);
    if (draft !== undefined && Date.now() - draft.mtimeMs > 3_600_000) await unlink(join(folder, name)).catch(() => {});
  }
  await removeClaims(folder, names, (id) => !names.includes(`${id}.json`));
}

function refuse(folder: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'there is no room' : code === 'EROFS' ? 'it is read-only' : message;
  throw new FailureError(failure('ledger-not-written', `the ledger in ${folder} can’t be written: ${why}`, { object: folder }));
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function createdAt(line: Line): string {
  return 'resource' in line ? line.resource.createdAt : '';
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
