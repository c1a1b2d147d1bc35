import type { Context } from '../core/ports.ts';
import type { ResourceKind } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { LocaleSettings, ServerBuild } from '../core/server.ts';
import { readAdminPassword } from './admin-access.ts';
import { initializeDataFolder } from './initialize-data-folder.ts';
import { launchServer } from './launch-server.ts';
import { latestLine, type OwnedServer, removeOnce } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeAfter } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';
import { serverUser } from './server-user.ts';
import type { Purpose } from './throwaway-settings.ts';

export interface ServerOptions {
  readonly build: ServerBuild;
  /** What a person calls it: `baseline of tenant-rename`. */
  readonly label: string;
  readonly locale: LocaleSettings;
  /** `rehearse` unless given. */
  readonly purpose?: Purpose;
  /** Settings of the source that matter, such as `timezone`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly port?: number;
}

/**
 * Starts an empty server: initdb with the source's encoding and collation, a random password, safe throwaway settings, 127.0.0.1 only.
 * It lives until it is removed, and never longer than `gc` finds out that its maker is gone.
 *
 * @example
 * const started = await startServer(context, { build, label: 'scratch', locale: facts.locale });
 * if (!started.ok) return started;
 * await using scratch = started.value;
 */
export async function startServer(context: Context, options: ServerOptions): Promise<Result<OwnedServer>> {
  return await startServerAs(context, 'server', options);
}

/** As `startServer`, under the kind of resource that it becomes. */
export async function startServerAs(context: Context, kind: ResourceKind, options: ServerOptions): Promise<Result<OwnedServer>> {
  const user = await serverUser(context);
  if (!user.ok) return user;
  const made = await makeResourceFolder(context, { kind, label: options.label, facts: { binFolder: options.build.binFolder } });
  if (!made.ok) return made;
  const { resource, folder } = made.value;
  try {
    const prepared = await prepareServer(context, resource, options.build, folder);
    if (!prepared.ok) return await removeAfter(context, resource, prepared.failure);
    const build = prepared.value;
    const initialized = await initializeDataFolder(context, { build, folder, user: user.value, locale: options.locale });
    if (!initialized.ok) return await removeAfter(context, await latestLine(context, resource), initialized.failure);
    const { dataFolder, locale, losses } = initialized.value;
    const launched = await launchServer(context, {
      build,
      resource,
      folder,
      dataFolder,
      user: user.value,
      purpose: options.purpose ?? 'rehearse',
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.port === undefined ? {} : { port: options.port }),
      database: 'postgres',
      password: await readAdminPassword(folder),
    });
    if (!launched.ok) return await removeAfter(context, await latestLine(context, resource), launched.failure);
    const line = await latestLine(context, resource);
    context.emit({ type: 'resource', what: 'made', resource: line });
    const remove = removeOnce(context, () => latestLine(context, resource));
    return ok({
      server: launched.value,
      resource: line,
      locale,
      losses,
      remove,
      [Symbol.asyncDispose]: async () => {
        await remove();
      },
    });
  } catch (error) {
    // A bug or a full disk: what was begun goes all the same, then the exception goes on.
    await removeOnce(context, () => latestLine(context, resource))();
    throw error;
  }
}
