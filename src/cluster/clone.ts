import { dirname, join } from 'node:path';
import type { CloneMethodName } from '../core/clone-method-name.ts';
import { failure } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Address, Image, RunningServer } from '../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { readAdminPassword, writeAdminPassword } from './admin-access.ts';
import { adminUser } from './admin-user.ts';
import { checkDisk } from './check-disk.ts';
import { giveAccess } from './clone-access.ts';
import { chooseMethod, type PassedOver } from './clone-method/choose-method.ts';
import type { ClonePlace } from './clone-method/clone-method.ts';
import { type WantedLogin, writeCloneRecord } from './clone-record.ts';
import { endServer } from './end-server.ts';
import { imageGone, readImage } from './image.ts';
import { interrupted } from './interrupted.ts';
import { isKeptAs, keepClone, nameTaken } from './keep-clone.ts';
import { launchServer } from './launch-server.ts';
import { latestLine, removeOnce } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeAfter } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';
import { serverUser } from './server-user.ts';
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
  /** Made in this way and no other; in the best one that works unless given. */
  readonly method?: CloneMethodName;
  /** A clone whose name and port this one takes over: its server is ended just before this one's starts, its folder is left to the caller. */
  readonly replaces?: Resource;
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
  readonly method: CloneMethodName;
  /** Better methods that don't work here, with the reason; empty where one was wished for. */
  readonly passedOver: readonly PassedOver[];
  remove(): Promise<Result<void>>;
}

/**
 * Starts a clone: a server on data that begins as the image's, made by the best way that the machine offers (`chooseMethod`), with a superuser
 * password of its own. Fails with `clone-method-unusable`, `disk-short`, `clone-name-taken`, `clone-failed` or what starting a server fails with.
 *
 * @example
 * const started = await startClone(context, image, { label: 'migrate' });
 * if (!started.ok) return started;
 * await using clone = started.value;
 */
export async function startClone(context: Context, image: Image, options: CloneOptions): Promise<Result<Clone>> {
  const { replaces } = options;
  if (options.kept && replaces === undefined && (await context.ledger.list()).some((line) => isKeptAs(line, options.label))) {
    return fail(nameTaken(options.label));
  }
  const user = await serverUser(context);
  if (!user.ok) return user;
  const facts = { binFolder: image.build.binFolder, image: image.id, database: options.database ?? image.database };
  // From here on the image is in use: the line says so before the image is looked at.
  const made = await makeResourceFolder(context, { kind: 'clone', label: options.label, facts: { ...facts, ...(replaces && { replaces: replaces.id }) } });
  if (!made.ok) return made;
  const { resource, folder } = made.value;
  const remove = removeOnce(context, () => latestLine(context, resource));
  try {
    const dataFolder = join(folder, 'data');
    const place: ClonePlace = { imageData: image.dataFolder, folder, dataFolder, user: user.value };
    const prepared = await prepareServer(context, resource, image.build, folder);
    if (!prepared.ok) return await removeAfter(context, resource, prepared.failure);
    const build = prepared.value;
    const chosen = await makeData(context, image, place, options.method);
    if (!chosen.ok) return await removeAfter(context, resource, chosen.failure);
    const { method, passedOver, imagePassword } = chosen.value;
    if (replaces !== undefined) {
      const left = await endServer(context, replaces);
      if (left !== undefined) return await removeAfter(context, resource, left);
    }
    const password = await writeAdminPassword(folder);
    const launched = await launchServer(context, {
      build,
      resource,
      folder,
      dataFolder,
      user: user.value,
      purpose: options.kept ? 'keep' : 'rehearse',
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.port === undefined ? {} : { port: options.port }),
      database: image.database,
      password: imagePassword,
      enter: (program) => method.enter(context, place, program),
      facts: { method: method.name, ...(options.method && { wishedMethod: options.method }) },
      whenReady: (session) => setUp(session, options, password),
    });
    if (!launched.ok) return await removeAfter(context, await latestLine(context, resource), launched.failure);
    const named = await nameDatabase(context, { ...launched.value.admin, password }, options.database);
    if (!named.ok) return await removeAfter(context, await latestLine(context, resource), named.failure);

    await writeCloneRecord(folder, { build, settings: options.settings ?? {}, imageData: image.dataFolder, ...(options.login && { login: options.login }) });
    const kept = options.kept ? await keepClone(context, resource, options) : ok(await latestLine(context, resource));
    if (!kept.ok) return await removeAfter(context, await latestLine(context, resource), kept.failure);
    context.emit({ type: 'resource', what: 'made', resource: kept.value });
    const admin = named.value;
    return ok({
      id: resource.id,
      label: options.label,
      server: { ...launched.value, admin },
      admin,
      login: options.login === undefined ? admin : { ...admin, user: options.login.user, password: options.login.password },
      method: method.name,
      passedOver,
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

/** Makes the data folder, and gives the image's superuser password, with which it opens. */
async function makeData(context: Context, image: Image, place: ClonePlace, wished: CloneMethodName | undefined) {
  const chosen = await chooseMethod(context, place.folder, place.user, wished);
  if (!chosen.ok) return chosen;
  const { method } = chosen.value;
  const room = await checkDisk(context, method.takesWholeSize ? image.sizeBytes : 0);
  if (!room.ok) return room;
  const imageFolder = dirname(image.dataFolder);
  try {
    const imagePassword = await readAdminPassword(imageFolder);
    await method.make(context, place);
    // Its removal begins by taking the mark away: with the mark still there, all that was made is whole.
    return (await readImage(imageFolder)) === undefined ? fail(imageGone(image)) : ok({ ...chosen.value, imagePassword });
  } catch (error) {
    const stopped = interrupted(context);
    if (stopped !== undefined) return fail(stopped);
    if ((await readImage(imageFolder)) === undefined) return fail(imageGone(image));
    const message = `the image ${image.id} could not be cloned by ${method.name}: ${error instanceof Error ? error.message : String(error)}`;
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    return fail(failure(isFull ? 'disk-short' : 'clone-failed', message, { object: image.id }));
  }
}

/** Gives the clone its own password and its login. */
async function setUp(session: Session, options: CloneOptions, password: Secret): Promise<Result<void>> {
  // One round trip; and a crash in the next moments would else take the password back to the image's, which nobody keeps.
  await session.execute(`set synchronous_commit = on; alter role ${adminUser} password ${quoteLiteral(password.reveal())}`);
  return options.login === undefined ? ok() : await giveAccess(session, options.login);
}

/** A database can't be renamed from inside; `template1` is always there. */
async function nameDatabase(context: Context, admin: Address, wanted: string | undefined): Promise<Result<Address>> {
  if (wanted === undefined || wanted === admin.database) return ok(admin);
  return await withSession(context, { ...admin, database: 'template1' }, async (session) => {
    await session.execute(`set synchronous_commit = on; alter database ${quoteIdentifier(admin.database)} rename to ${quoteIdentifier(wanted)}`);
    return ok({ ...admin, database: wanted });
  });
}
