import { createHash } from 'node:crypto';
import { chmod, chown, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FailureError, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address, Image, LocaleSettings, ServerBuild } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { adminUser } from './admin-user.ts';
import { createDatabase } from './create-database.ts';
import { folderSize } from './folder-size.ts';
import { type ImageOrigin, imageKey } from './image-origin.ts';
import { interrupted } from './interrupted.ts';
import { latestLine } from './owned-server.ts';
import { removeCopy } from './prepare-build.ts';
import { removeAfter } from './remove-resource.ts';
import { forgetBegun, type Resumable } from './resumable-load.ts';
import { startServerAs } from './start-server.ts';
import { stopServer } from './stop-server.ts';
import { leaveUnfinished, markResumable, takeUpImage } from './unfinished-image.ts';
import { withSession } from './with-session.ts';
import { writeWhole } from './write-whole.ts';

export interface ImageOptions {
  readonly build: ServerBuild;
  readonly label: string;
  /** The database that holds the copy: production's own name. */
  readonly database: string;
  readonly locale: LocaleSettings;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Fills the database, as superuser. `dataAsOf` is ISO 8601; `memo` is kept beside the data, for those who use the image later. */
  readonly load: (admin: Address) => Promise<Result<{ readonly dataAsOf: string; readonly memo?: string }>>;
  /** By which the image is found again; without it nobody looks for it. */
  readonly origin?: ImageOrigin;
  /** Set where `load` can go on in a database that an earlier attempt began. */
  readonly resumable?: Resumable;
  /** `clone`: of no use once its last clone is gone. `run`: kept for further runs. */
  readonly madeFor?: 'clone' | 'run';
  /** Outlives this process, until `expiresAt` (ISO 8601). */
  readonly kept?: boolean;
  readonly expiresAt?: string;
}

/** An image with what is known of how it was made; stored beside the data, so that a reused image tells the same. */
export interface MadeImage extends Image {
  readonly label: string;
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
  /** ISO 8601. */
  readonly madeAt: string;
  readonly origin?: ImageOrigin;
  /** The address of its content, SHA-256; images with the same one have the same clones. */
  readonly key?: string;
  /** SHA-256 of the memo beside the data. */
  readonly memoSha256?: string;
}

/** Written last: a folder without it is no image, however whole it looks. */
export const frozenName = 'image.json';
const memoName = 'memo.json';

/**
 * Makes an image: starts a server, makes the database, lets `load` fill it, stops it cleanly and freezes its data folder.
 * Whatever fails, nothing is left; the failure is `load`'s own, the server's, or `image-failed`.
 *
 * @example
 * const image = await makeImage(context, { build, label: 'tenant-rename', database: 'app', locale, load: (admin) => copyInto(admin) });
 */
export async function makeImage(context: Context, options: ImageOptions): Promise<Result<MadeImage>> {
  const { build, label, database, settings, resumable } = options;
  const begun = resumable === undefined ? undefined : await takeUpImage(context, options, resumable);
  if (begun?.ok === false) return begun;
  const started =
    begun?.value === undefined
      ? await startServerAs(context, 'image', { build, label, locale: options.locale, purpose: 'load', ...(settings && { settings }) })
      : ok(begun.value);
  if (!started.ok) return started;
  const { server, resource, locale, losses } = started.value;
  try {
    const admin = { ...server.admin, database };
    if (begun?.value === undefined && resumable !== undefined) await markResumable(context, resource, resumable, { locale, losses });
    const loaded = await load(context, options, admin, locale, begun?.value !== undefined);
    if (!loaded.ok) {
      const left = resumable === undefined ? undefined : await leaveUnfinished(context, resource, server.dataFolder, resumable, loaded.failure);
      return left === undefined ? await removeAfter(context, await latestLine(context, resource), loaded.failure) : fail(left);
    }
    const stopped = await stopServer(context, resource, server.dataFolder);
    if (!stopped.ok) return await removeAfter(context, await latestLine(context, resource), stopped.failure);

    await removeSpareWal(server.dataFolder, loaded.value.walFile);
    await removeTraces(server.dataFolder);
    await refuseOddFiles(server.dataFolder);
    await removeCopy(server.build, dirname(server.dataFolder));
    if (context.edge.system.uid === 0) await shutOut(server.dataFolder);
    const { dataAsOf, memo } = loaded.value;
    const folder = dirname(server.dataFolder);
    if (memo !== undefined) await writeWhole(join(folder, memoName), memo);
    const image: MadeImage = {
      id: resource.id,
      // Not the copy that the image's own server ran from: each clone makes its own, of the package itself.
      build,
      dataFolder: server.dataFolder,
      database,
      dataAsOf,
      sizeBytes: await folderSize(server.dataFolder),
      adminUser,
      label,
      locale,
      losses,
      madeAt: context.now().toISOString(),
      ...(options.origin && { origin: options.origin, key: imageKey(options.origin, build, settings ?? {}, dataAsOf) }),
      ...(memo === undefined ? {} : { memoSha256: sha256(memo) }),
    };
    if (resumable !== undefined) await forgetBegun(folder);
    await writeWhole(join(folder, frozenName), JSON.stringify(image));
    await context.ledger.amend(resource.id, {
      facts: { sizeBytes: image.sizeBytes, database, binFolder: build.binFolder, ...(options.madeFor && { madeFor: options.madeFor }) },
      kept: options.kept ?? false,
      ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    });
    return ok(image);
  } catch (error) {
    if (error instanceof FailureError) return await removeAfter(context, await latestLine(context, resource), error.failure);
    await started.value.remove();
    throw error;
  }
}

async function load(context: Context, options: ImageOptions, admin: Address, locale: LocaleSettings, isThere: boolean) {
  const created = isThere ? ok() : await createDatabase(context, admin, options.database, options.build.major, locale);
  if (!created.ok) return created;
  const loaded = await options.load(admin);
  if (!loaded.ok) return loaded;
  const stopped = interrupted(context);
  if (stopped !== undefined) return fail(stopped);
  return await withSession(context, admin, async (session) => {
    await session.execute('checkpoint');
    const [row] = await session.query<{ file: string }>('select pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()) as file');
    return ok({ ...loaded.value, walFile: row?.file ?? '' });
  });
}

/** Segments that a server keeps for later would only make each clone's copy longer; a server makes new ones as it needs them. */
async function removeSpareWal(dataFolder: string, current: string): Promise<void> {
  const folder = join(dataFolder, 'pg_wal');
  const later = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name) && name > current).toSorted();
  // The clean stop wrote its checkpoint into the current segment or, at its end, the next one.
  for (const name of later.slice(1)) await rm(join(folder, name));
}

/**
 * What says something of the server that ran, nothing of the data. Its counters go too: after a load they ask autovacuum to read every table, and
 * a kept clone would do that again and again.
 */
async function removeTraces(dataFolder: string): Promise<void> {
  for (const name of ['postmaster.pid', 'postmaster.opts']) await rm(join(dataFolder, name), { force: true });
  for (const name of await readdir(join(dataFolder, 'pg_stat')).catch(() => [])) await rm(join(dataFolder, 'pg_stat', name));
}

/** A link could lead out of the folder, to what all clones would then share. Tablespaces are such links; we make none. */
async function refuseOddFiles(dataFolder: string): Promise<void> {
  const entries = await readdir(dataFolder, { recursive: true, withFileTypes: true });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd !== undefined) throw new FailureError(failure('image-failed', `${odd.name} in ${odd.parentPath} is not a plain file`, { object: odd.name }));
}

/** As root: nobody but root gets into a frozen folder, so that no other process of the servers' user can change what clones are made of. */
async function shutOut(dataFolder: string): Promise<void> {
  await chown(dataFolder, 0, 0);
  await chmod(dataFolder, 0o700);
}

/** Whether an image is still whole: its removal begins by taking this away. */
export async function readImage(folder: string): Promise<MadeImage | undefined> {
  const text = await readFile(join(folder, frozenName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as MadeImage);
}

/** What `load` left to be known of an image; undefined where it is missing or was altered, since half of it would be worse than nothing. */
export async function readMemo(image: MadeImage): Promise<string | undefined> {
  const text = await readFile(join(dirname(image.dataFolder), memoName), 'utf8').catch(() => undefined);
  return text !== undefined && sha256(text) === image.memoSha256 ? text : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Images that are whole, oldest first. */
export async function listImages(context: Context): Promise<readonly { readonly image: MadeImage; readonly resource: Resource }[]> {
  const lines = (await context.ledger.list()).filter(({ kind }) => kind === 'image');
  const images = await Promise.all(lines.map(async (resource) => ({ resource, image: await readImage(String(resource.facts.folder)) })));
  return images.flatMap(({ resource, image }) => (image === undefined ? [] : [{ resource, image }]));
}

/** The failure when an image is gone or half gone. */
export function imageGone(image: Image) {
  return failure('clone-failed', `the image ${image.id} is gone`, { object: image.id, cure: 'Make the image again: `pgrehearse clone`.' });
}
