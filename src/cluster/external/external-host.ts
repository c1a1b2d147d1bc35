import type { CloneHost, HostedClone, HostedImage, ImageWanted } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import type { ScratchDatabase, SharedServer } from '../../core/shared-server.ts';
import { interrupted } from '../interrupted.ts';
import { freezeDatabase } from './freeze-database.ts';
import { copyOfDatabase, makeEmptyDatabase, type TargetDatabase } from './make-database.ts';
import { TargetRoles } from './target-roles.ts';
import type { TargetServer } from './target-server.ts';
import { watchCluster } from './watch-cluster.ts';

export type SharingRules = Pick<SharedServer, 'allowSourceServer' | 'clusterWide' | 'migratorPassword'>;

/** Images and clones as databases of our own on a server that others use too, such as docker-compose's. */
export interface ExternalHost extends CloneHost {
  readonly shared: SharedServer;
  /** Removes the roles that were made. All databases have to be gone by then. */
  removeRoles(context: Context): Promise<Result<void>>;
  /** Writes down that the roles are for kept copies; to be called before one is kept. */
  keepRoles(context: Context): Promise<void>;
  /** From now on `removeRoles` leaves them. */
  leaveRoles(): void;
}

/** Makes a server, which is locked for this rehearsal, the home of its clones. Nothing is made on it yet. */
export function makeExternalHost(target: TargetServer, rules: SharingRules): ExternalHost {
  const roles = new TargetRoles(target);
  return {
    label: `PostgreSQL ${target.version} at ${showAddress(target.address)}`,
    major: target.major,
    shared: {
      ...rules,
      address: target.address,
      roles,
      watch: (watching) => watchCluster(watching, target, roles),
      makeScratch: (making) => makeScratch(making, target),
    },
    makeImage: (making, wanted) => makeImage(making, target, wanted),
    removeRoles: async (removing) => await roles.removeAll(removing),
    keepRoles: async (keeping) => await roles.keep(keeping),
    leaveRoles: () => roles.leave(),
  };
}

/** A database that `load` fills, and that nobody can enter afterwards: what clones are copied from must not change, nor be read. */
async function makeImage(context: Context, target: TargetServer, wanted: ImageWanted): Promise<Result<HostedImage>> {
  const made = await makeEmptyDatabase(context, target, 'image', wanted.label, wanted.locale);
  if (!made.ok) return made;
  const { name, admin, remove, resource, locale, losses } = made.value;
  try {
    const frozen = await freezeDatabase(context, target, made.value, wanted.load);
    if (!frozen.ok) {
      const removed = await remove();
      return fail(removed.ok ? frozen.failure : { ...frozen.failure, problems: [...(frozen.failure.problems ?? []), removed.failure] });
    }
    return ok({
      id: resource.id,
      label: wanted.label,
      database: wanted.database,
      dataAsOf: frozen.value.dataAsOf,
      sizeBytes: frozen.value.sizeBytes,
      adminUser: admin.user,
      locale,
      losses,
      start: async (starting, label) => await dressed(starting, await copyOfDatabase(starting, target, label, name), label, wanted.dress),
      startEmpty: async (starting, label) => await dressed(starting, await makeEmptyDatabase(starting, target, 'clone', label, locale), label),
      remove: async () => await remove(),
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A database as a clone, with what a copy of a database doesn't bring: its owner, rights and settings. */
async function dressed(
  context: Context,
  made: Result<TargetDatabase>,
  label: string,
  dress?: (admin: Address) => Promise<Result<void>>,
): Promise<Result<HostedClone>> {
  if (!made.ok) return made;
  const { admin, remove, resource } = made.value;
  const clothed = (await dress?.(admin)) ?? ok();
  const problem = clothed.ok ? interrupted(context) : clothed.failure;
  if (problem !== undefined) {
    await remove();
    return fail(problem);
  }
  return ok({
    id: resource.id,
    label,
    admin,
    login: admin,
    remove,
    [Symbol.asyncDispose]: async () => {
      await remove();
    },
  });
}

/** A database for comparing schemas, ledgered like all others. */
async function makeScratch(context: Context, target: TargetServer): Promise<Result<ScratchDatabase>> {
  const made = await makeEmptyDatabase(context, target, 'scratch', 'scratch for a comparison', {
    encoding: 'UTF8',
    collate: 'C',
    ctype: 'C',
    provider: 'libc',
  });
  if (!made.ok) return made;
  const { admin, remove } = made.value;
  return ok({
    address: admin,
    drop: async () => {
      await remove();
    },
  });
}
