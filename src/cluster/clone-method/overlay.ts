import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CloneMethodName } from '../../core/clone-method-name.ts';
import { makeRemovable } from '../make-removable.ts';
import { handOver } from '../server-user.ts';
import type { CloneMethod, ClonePlace, Program } from './clone-method.ts';

/** A word in the command lines of what starts inside a clone's mounts, so that it can be told from a person's own shell. */
export const overlayMark = 'pgrehearse-overlay';

/**
 * Mounts, then becomes the program: each step replaces the one before, so that the process id never changes. `volatile` (Linux 5.10) spares
 * waits for the disk, which throwaway data doesn't need. The mount lives in a mount namespace of its own and ends with its last process; it is
 * never in the machine's own mount table.
 */
const script = `mount -n -t overlay -o "$1,volatile" pgrehearse "$2" 2>/dev/null || mount -n -t overlay -o "$1" pgrehearse "$2" || exit 121
shift 2
exec "$@"`;

/** Changes made beside the clone stay visible to it, its own never leave it: a disk that is unmounted isn't held. */
const namespace = ['--mount', '--propagation', 'slave'];
const options = ['nosuid', 'nodev', 'index=off'];

/** The image as the lower layer of an overlayfs, by root; the server itself runs as the servers' user. */
export const overlay: CloneMethod = overlayMethod('overlay', {
  unfit: (isRoot) => (isRoot ? undefined : 'needs root'),
  mountOptions: [...options, 'metacopy=off', 'redirect_dir=off'],
  outer: [],
  // The servers' user has no business in root's home.
  inner: ({ uid, gid }) => (uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', 'env', '-u', 'HOME']),
});

/**
 * The same for an ordinary user: root of a user namespace may mount. Postgres refuses to run as uid 0, also as that of a namespace, so
 * a second one inside gives it the user's own id back.
 */
export const overlayRootless: CloneMethod = overlayMethod('overlay-rootless', {
  unfit: (isRoot) => (isRoot ? 'root has no need of user namespaces' : undefined),
  mountOptions: [...options, 'userxattr'],
  outer: ['--user', '--map-root-user'],
  inner: (_, ownIds) => ['unshare', '--user', `--map-user=${ownIds.uid}`, `--map-group=${ownIds.gid}`, '--'],
});

interface Kind {
  unfit(isRoot: boolean): string | undefined;
  readonly mountOptions: readonly string[];
  readonly outer: readonly string[];
  inner(user: ClonePlace['user'], ownIds: { readonly uid: number; readonly gid: number }): readonly string[];
}

function overlayMethod(name: CloneMethodName, kind: Kind): CloneMethod {
  return {
    name,
    needsImage: true,
    takesWholeSize: false,
    unfit({ edge: { system } }) {
      return system.platform === 'linux' ? kind.unfit(system.uid === 0) : 'overlayfs is there on Linux only';
    },
    async make(_context, { folder, dataFolder, user }) {
      // Nobody but us gets into the layers except through the mount.
      await mkdir(layers(folder), { mode: 0o700 });
      await mkdir(work(folder), { mode: 0o700 });
      // The upper folder's owner and mode are what the mount's own top folder has: Postgres insists on both.
      for (const path of [upper(folder), dataFolder]) {
        await mkdir(path, { mode: 0o700 });
        await chmod(path, 0o700);
        await handOver(path, user);
      }
    },
    async remake(_context, { folder }) {
      // What a volatile mount leaves there forbids the next one. Postgres, not the overlay, is what recovers the data.
      await makeRemovable(work(folder));
      await rm(work(folder), { recursive: true, force: true });
      await mkdir(work(folder), { mode: 0o700 });
    },
    enter({ edge: { system } }, { folder, imageData, dataFolder, user }, { command, args }): Program {
      // Names relative to the working folder, since commas and colons in a path would be read as part of the options.
      const lower = relative(folder, imageData);
      const mountOptions = [`lowerdir=${lower}`, `upperdir=${relative(folder, upper(folder))}`, `workdir=${relative(folder, work(folder))}`];
      const ownIds = { uid: system.uid, gid: process.getgid?.() ?? system.uid };
      return {
        command: 'unshare',
        args: [
          ...kind.outer,
          ...namespace,
          '--',
          '/bin/sh',
          '-c',
          script,
          overlayMark,
          [...mountOptions, ...kind.mountOptions].join(','),
          dataFolder,
          ...kind.inner(user, ownIds),
          command,
          ...args,
        ],
      };
    },
  };
}

function layers(folder: string): string {
  return join(folder, 'layers');
}

/** All that the clone has written. */
function upper(folder: string): string {
  return join(layers(folder), 'upper');
}

function work(folder: string): string {
  return join(layers(folder), 'work');
}
