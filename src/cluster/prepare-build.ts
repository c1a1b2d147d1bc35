import { randomBytes } from 'node:crypto';
import { access, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { copyBuild } from './copy-build.ts';
import { findBuilds } from './find-builds.ts';
import { hydrateLinks, missingLinks } from './hydrate-links.ts';
import { interrupted } from './interrupted.ts';
import { type ServerUser, serverUser } from './server-user.ts';

/**
 * Makes sure that a build can be started by the user who runs our servers. For an embedded one: its links are made when npm didn't, and where
 * its folder can't be written, or that user can't reach it (a project under a private home), it is copied into `folder`.
 * Fails with `server-build-missing`, `binaries-unreachable`, naming the folder and the user, or `disk-short`.
 *
 * @param folder the resource folder of the server that will run from it: the copy goes when that server goes, and no other run depends on it
 */
export async function prepareBuild(context: Context, wanted: ServerBuild, folder: string): Promise<Result<ServerBuild>> {
  const found = await checkBuild(context, wanted);
  if (!found.ok) return found;
  const build = found.value;
  const user = await serverUser(context);
  if (!user.ok) return user;
  const packageFolder = dirname(dirname(build.binFolder));
  if (build.kind === 'installed' || ((await isWhole(packageFolder)) && (await reaches(context, build, user.value)))) return ok(build);

  // A name of its own: what a stopped attempt left may be half a copy.
  const copy = join(folder, `postgres-${randomBytes(4).toString('hex')}`);
  try {
    await copyBuild(packageFolder, copy, user.value, context.signal);
  } catch (error) {
    await rm(copy, { recursive: true, force: true });
    const stopped = interrupted(context);
    if (stopped !== undefined) return fail(stopped);
    const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-short' : 'binaries-unreachable';
    const message = `the Postgres binaries could not be copied to ${copy}: ${error instanceof Error ? error.message : String(error)}`;
    return fail(failure(code, message, { object: packageFolder }));
  }
  const prepared = { ...build, binFolder: join(copy, 'native/bin') };
  return (await reaches(context, prepared, user.value)) ? ok(prepared) : fail(unreachable(context, prepared));
}

/**
 * The build that a server would be started from, without changing anything. An embedded one that can't be reached is none the worse for it,
 * since each server can have a copy. Fails with `server-build-missing` or `binaries-unreachable`.
 */
export async function checkBuild(context: Context, wanted: ServerBuild): Promise<Result<ServerBuild>> {
  const build = await stillThere(context, wanted);
  if (build === undefined) return fail(failure('server-build-missing', `${wanted.origin} is no longer at ${wanted.binFolder}`, { object: wanted.binFolder }));
  if (build.kind === 'embedded') return ok(build);
  const user = await serverUser(context);
  if (!user.ok) return user;
  return (await reaches(context, build, user.value)) ? ok(build) : fail(unreachable(context, build));
}

/** Removes the copy that `prepareBuild` made in `folder`, if it made one, once no server runs from it any more. */
export async function removeCopy({ binFolder }: ServerBuild, folder: string): Promise<void> {
  const copy = dirname(dirname(binFolder));
  if (dirname(copy) === folder) await rm(copy, { recursive: true, force: true });
}

/**
 * An image may outlive the folder that its server came from. Another embedded one of the same major does as well, since all bring the same
 * ICU; an installed one might sort text in another way than the image's indexes.
 */
async function stillThere(context: Context, build: ServerBuild): Promise<ServerBuild | undefined> {
  const parts = [join(build.binFolder, 'postgres')];
  // In a copy this may lead to the package that it was made of.
  if (build.kind === 'embedded') parts.push(join(build.binFolder, '../share'));
  const there = await Promise.all(parts.map((part) => access(part))).then(
    () => true,
    () => false,
  );
  if (there) return build;
  return build.kind === 'embedded' ? (await findBuilds(context)).find(({ kind, major }) => kind === 'embedded' && major === build.major) : undefined;
}

/** Whether all links are there, made now if that can be done in place. */
async function isWhole(packageFolder: string): Promise<boolean> {
  try {
    await hydrateLinks(packageFolder);
  } catch {
    // Read-only, or somebody else's: what counts is what is there.
  }
  return (await missingLinks(packageFolder)).length === 0;
}

async function reaches(context: Context, build: ServerBuild, user: ServerUser): Promise<boolean> {
  const { system } = context.edge;
  const { uid = system.uid, gid = process.getgid?.() ?? -1 } = user;
  return await system.canExecute(join(build.binFolder, 'postgres'), uid, gid);
}

function unreachable(context: Context, build: ServerBuild) {
  const who = context.edge.system.uid === 0 ? 'the unprivileged user who runs servers, because root may not,' : context.edge.system.user;
  return failure('binaries-unreachable', `${who} cannot execute ${join(build.binFolder, 'postgres')}`, { object: build.binFolder });
}
