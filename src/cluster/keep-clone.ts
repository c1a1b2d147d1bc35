import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { ownerHere } from './resumable-load.ts';

export interface KeepOptions {
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  /** A clone whose name this one takes over. */
  readonly replaces?: Resource | undefined;
}

/**
 * Keeps a clone under its label, which from now on is its name, and which only one can have: of several that are made at the same time, the first one to get here.
 * Fails with `clone-name-taken`.
 */
export async function keepClone(context: Context, { id, label }: Resource, { expiresAt, replaces }: KeepOptions): Promise<Result<Resource>> {
  return await oneAtATime(context, async () => {
    const isAnother = (line: Resource) => line.id !== id && line.id !== replaces?.id && isKeptAs(line, label);
    if ((await context.ledger.list()).some(isAnother)) return fail(nameTaken(label));
    return ok(await context.ledger.amend(id, { kept: true, ...(expiresAt === undefined ? {} : { expiresAt }) }));
  });
}

/** Whether a line is that of a kept clone of this name, on a server of ours or another. */
export function isKeptAs({ kind, kept, label, facts }: Resource, name: string): boolean {
  return kept && label === name && (kind === 'clone' || (kind === 'database' && facts.use === 'clone'));
}

export function nameTaken(name: string) {
  return failure('clone-name-taken', `There is a clone named ${name} already.`, { object: name });
}

const fileName = 'keeping';
const pauseMs = 5;

/** A file says who is at it. It appears with all that it says, so nobody ever reads half of it; of a process that is gone it says nothing. */
async function oneAtATime<T>(context: Context, use: () => Promise<T>): Promise<T> {
  const { pid, processStartedAt } = await ownerHere(context);
  const file = join(context.home.state, fileName);
  const own = `${file}.${crypto.randomUUID()}`;
  await writeFile(own, `${pid}\n${processStartedAt}`, { mode: 0o600 });
  try {
    while (!(await claimed(own, file))) {
      if (await isDead(context, file)) await rm(file, { force: true });
      else await sleep(pauseMs);
    }
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await use();
  } finally {
    await rm(file, { force: true });
  }
}

async function claimed(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Whether the process that wrote a file is gone; one that is only just being written is nobody's yet. */
async function isDead(context: Context, file: string): Promise<boolean> {
  const [pid, startedAt] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return startedAt !== undefined && (await context.edge.system.processStartedAt(Number(pid))) !== startedAt;
}

/** Removes what processes left that were killed just while they kept a clone. */
export async function sweepKeeping(context: Context): Promise<void> {
  for (const name of await readdir(context.home.state).catch(() => [])) {
    const file = join(context.home.state, name);
    if (name.split('.')[0] === fileName && (await isDead(context, file))) await rm(file, { force: true });
  }
}
