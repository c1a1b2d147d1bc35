import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { removeResource } from './remove-resource.ts';
import { writeWhole } from './write-whole.ts';

/** How long an installed or copied build is kept after its last use. It is made again when needed. */
const keepDays = 90;
const readyName = 'build-ready.json';

/** Binaries in `home.data` that all runs share. `key` tells what they are: package and version. */
export interface SharedBuild {
  readonly key: string;
  readonly folder: string;
}

/** Those which are whole. Ordered, so that runs which look at the same time see the same first one. */
export async function sharedBuilds(context: Context): Promise<readonly SharedBuild[]> {
  const names = (await readdir(context.home.data).catch(() => [])).filter((name) => name.startsWith('folder-')).toSorted();
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(context.home.data, name);
      const text = await readFile(join(folder, readyName), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : { key: (JSON.parse(text) as { key: string }).key, folder };
    }),
  );
  return found.filter((build) => build !== undefined);
}

/**
 * Declares a build whole and keeps it. Two runs may make the same one at once: both then see the same first one, and the other goes.
 * Gives the folder to use.
 */
export async function shareBuild(context: Context, resource: Resource, build: SharedBuild): Promise<string> {
  await writeWhole(join(build.folder, readyName), JSON.stringify({ key: build.key }));
  const first = (await sharedBuilds(context)).find((other) => other.key === build.key);
  if (first !== undefined && first.folder !== build.folder) {
    await removeResource(context, resource);
    return first.folder;
  }
  const kept = await context.ledger.amend(resource.id, { kept: true, expiresAt: expiry(context) });
  context.emit({ type: 'resource', what: 'made', resource: kept });
  return build.folder;
}

/** Puts the expiry of a shared build off, since it is used. */
export async function noteUse(context: Context, binFolder: string): Promise<void> {
  if (!binFolder.startsWith(`${context.home.data}/`)) return;
  const used = (await context.ledger.list()).find(({ facts }) => typeof facts.folder === 'string' && binFolder.startsWith(`${facts.folder}/`));
  if (used?.expiresAt === undefined) return;
  // Once in a while is enough: each use would mean a write.
  const leftDays = (Date.parse(used.expiresAt) - context.now().getTime()) / (24 * 3_600_000);
  if (leftDays < keepDays / 2) await context.ledger.amend(used.id, { expiresAt: expiry(context) });
}

function expiry(context: Context): string {
  return new Date(context.now().getTime() + keepDays * 24 * 3_600_000).toISOString();
}
