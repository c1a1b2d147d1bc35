import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Address, Image, RunningServer } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { readAdminPassword, writeAdminPassword } from './admin-access.ts';
import { adminUser } from './admin-user.ts';
import { checkDisk } from './check-disk.ts';
import { type CloneAccess, giveAccess } from './clone-access.ts';
import { type WantedLogin, writeCloneRecord } from './clone-record.ts';
import { copyDataFolder } from './copy-data-folder.ts';
import { imageGone, readImage } from './image.ts';
import { interrupted } from './interrupted.ts';
import { launchServer } from './launch-server.ts';
import { latestLine, removeOnce } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeAfter } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';
import { serverUser } from './server-user.ts';
import type { Purpose } from './throwaway-settings.ts';
import { withSession } from './with-session.ts';

export interface CloneOptions {
  /** What a person calls it; the name by which a kept clone is found again, so it must be free. */
  readonly label: string;
  /** Exactly this port; a free one unless given. */
  readonly port?: number;
  /** The database is renamed to this; production's own name unless given. */
  readonly database?: string;
  /** A user of the person's choosing beside the superuser: production's role of this name gets LOGIN and the password, a new one is a superuser. */
  readonly login?: WantedLogin;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Outlives this process, until `expiresAt` (ISO 8601). */
  readonly kept?: boolean;
  readonly expiresAt?: string;
}

/** A writable copy of an image, running. Leaving an `await using` block removes it unless it is kept. */
export interface Clone extends AsyncDisposable {
  readonly id: string;
  readonly label: string;
  readonly server: RunningServer;
  /** Superuser access to the database that holds the copy. */
  readonly admin: Address;
  /** What an application uses: the login asked for, else `admin`. */
  readonly login: Address;
  remove(): Promise<Result<void>>;
}

/**
 * Starts a clone: copies the image's frozen data folder (sharing blocks where the file system can) and starts a server on it, with a
 * superuser password of its own. Fails with `disk-short`, `clone-name-taken`, `clone-failed` or what starting a server fails with.
 *
 * @example
 * const started = await startClone(context, image, { label: 'migrate' });
 * if (!started.ok) return started;
 * await using clone = started.value;
 */
export async function startClone(context: Context, image: Image, options: CloneOptions): Promise<Result<Clone>> {
  const room = await checkDisk(context, image.sizeBytes);
  if (!room.ok) return room;
  if (options.kept) {
    const taken = (await context.ledger.list()).some(({ kind, kept, label }) => kind === 'clone' && kept && label === options.label);
    if (taken) return fail(failure('clone-name-taken', `there is a clone named ${options.label} already`, { object: options.label }));
  }
  const user = await serverUser(context);
  if (!user.ok) return user;
  const facts = { binFolder: image.build.binFolder, image: image.id, database: options.database ?? image.database };
  const made = await makeResourceFolder(context, { kind: 'clone', label: options.label, facts });
  if (!made.ok) return made;
  const { resource, folder } = made.value;
  const remove = removeOnce(context, () => latestLine(context, resource));
  try {
    const prepared = await prepareServer(context, resource, image.build, folder);
    if (!prepared.ok) return await removeAfter(context, resource, prepared.failure);
    const build = prepared.value;
    const dataFolder = join(folder, 'data');
    const copied = await copyImage(context, image, dataFolder, user.value);
    if (!copied.ok) return await removeAfter(context, resource, copied.failure);
    const purpose: Purpose = options.kept ? 'keep' : 'rehearse';
    const launched = await launchServer(context, {
      build,
      resource,
      folder,
      dataFolder,
      user: user.value,
      purpose,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.port === undefined ? {} : { port: options.port }),
      database: image.database,
      password: copied.value,
    });
    if (!launched.ok) return await removeAfter(context, await latestLine(context, resource), launched.failure);
    const opened = await setUp(context, launched.value, image, options, folder);
    if (!opened.ok) return await removeAfter(context, await latestLine(context, resource), opened.failure);

    await writeCloneRecord(folder, { build, settings: options.settings ?? {}, ...(options.login && { login: options.login }) });
    const line = await keepIfAsked(context, resource, options);
    context.emit({ type: 'resource', what: 'made', resource: line });
    const { admin, login } = opened.value;
    return ok({
      id: resource.id,
      label: options.label,
      server: { ...launched.value, admin },
      admin,
      login,
      remove,
      [Symbol.asyncDispose]: async () => {
        if (!options.kept) await remove();
      },
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Lends a clone and removes it afterwards unless it is kept; a failed removal is told as an event. */
export async function withClone<T>(context: Context, image: Image, options: CloneOptions, use: (clone: Clone) => Promise<Result<T>>): Promise<Result<T>> {
  const started = await startClone(context, image, options);
  if (!started.ok) return started;
  await using clone = started.value;
  return await use(clone);
}

/** Copies the data and gives the image's superuser password, with which the copy opens. */
async function copyImage(context: Context, image: Image, dataFolder: string, user: Parameters<typeof copyDataFolder>[2]): Promise<Result<Secret>> {
  const imageFolder = join(image.dataFolder, '..');
  try {
    const password = await readAdminPassword(imageFolder);
    await copyDataFolder(image.dataFolder, dataFolder, user, context.signal);
    // Its removal begins by taking the mark away: with the mark still there, all that was copied was whole.
    return (await readImage(imageFolder)) === undefined ? fail(imageGone(image)) : ok(password);
  } catch (error) {
    const stopped = interrupted(context);
    if (stopped !== undefined) return fail(stopped);
    if ((await readImage(imageFolder)) === undefined) return fail(imageGone(image));
    const message = `the image ${image.id} could not be copied: ${error instanceof Error ? error.message : String(error)}`;
    return fail(failure('clone-failed', message, { object: image.id }));
  }
}

/** Gives the clone its own password, its name for the database and its login. */
async function setUp(context: Context, server: RunningServer, image: Image, options: CloneOptions, folder: string): Promise<Result<CloneAccess>> {
  const password = await writeAdminPassword(folder);
  // A database can't be renamed from inside; `template1` is always there.
  const outside: Address = { ...server.admin, database: 'template1' };
  const changed = await withSession(context, outside, async (session) => {
    // Else a crash in the next moments takes the password back to the image's, which nobody keeps.
    await session.execute('set synchronous_commit = on');
    await session.execute(`alter role ${adminUser} password '${password.reveal()}'`);
    if (options.database !== undefined && options.database !== image.database) {
      await session.execute(`alter database ${quoteIdentifier(image.database)} rename to ${quoteIdentifier(options.database)}`);
    }
    return options.login === undefined ? ok() : await giveAccess(session, options.login);
  });
  if (!changed.ok) return changed;
  const admin: Address = { ...server.admin, database: options.database ?? image.database, password };
  const login: Address = options.login === undefined ? admin : { ...admin, user: options.login.user, password: options.login.password };
  return ok({ admin, login });
}

async function keepIfAsked(context: Context, resource: Resource, { kept, expiresAt }: CloneOptions): Promise<Resource> {
  if (!kept) return await latestLine(context, resource);
  return await context.ledger.amend(resource.id, { kept: true, ...(expiresAt === undefined ? {} : { expiresAt }) });
}
