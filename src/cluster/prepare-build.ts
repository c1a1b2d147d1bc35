import { access, chmod, cp, lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { findBuilds } from './find-builds.ts';
import { hydrateLinks, missingLinks } from './hydrate-links.ts';
import { removeAfter } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';
import { type ServerUser, serverUser } from './server-user.ts';
import { noteUse, shareBuild, sharedBuilds } from './shared-build.ts';

/**
 * Makes sure that a build can be started by the user who runs our servers. For an embedded one: its links are made when npm didn't, and where
 * its folder can't be written, or that user can't reach it (a project under a private home), a copy in `home.data` is used, made once for all runs.
 * Fails with `binaries-unreachable`, naming the folder and the user.
 */
export async function prepareBuild(context: Context, wanted: ServerBuild): Promise<Result<ServerBuild>> {
  const build = await stillThere(context, wanted);
  if (build === undefined) return fail(failure('server-build-missing', `${wanted.origin} is no longer at ${wanted.binFolder}`, { object: wanted.binFolder }));
  const user = await serverUser(context);
  if (!user.ok) return user;
  if (build.kind === 'installed') return (await reaches(context, build, user.value)) ? ok(build) : fail(unreachable(context, build));

  const packageFolder = dirname(dirname(build.binFolder));
  if ((await isWhole(packageFolder)) && (await reaches(context, build, user.value))) {
    await noteUse(context, build.binFolder);
    return ok(build);
  }
  const copy = await sharedCopy(context, build, packageFolder);
  if (!copy.ok) return copy;
  const prepared = { ...build, binFolder: join(copy.value, 'native/bin') };
  if (!(await reaches(context, prepared, user.value))) return fail(unreachable(context, prepared));
  await noteUse(context, prepared.binFolder);
  return ok(prepared);
}

/**
 * An image may outlive the folder that its server came from. Another embedded one of the same major does as well, since all bring the same
 * ICU; an installed one might sort text in another way than the image's indexes.
 */
async function stillThere(context: Context, build: ServerBuild): Promise<ServerBuild | undefined> {
  const there = await access(join(build.binFolder, 'postgres')).then(
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

/** The package's folder in `home.data`, with its links. */
async function sharedCopy(context: Context, build: ServerBuild, packageFolder: string): Promise<Result<string>> {
  const { name, version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { name: string; version: string };
  const key = `${name} ${version} copy`;
  const known = (await sharedBuilds(context)).find((other) => other.key === key);
  if (known !== undefined) return ok(join(known.folder, 'package'));

  const made = await makeResourceFolder(context, { kind: 'folder', label: `copy of Postgres ${build.version}` });
  if (!made.ok) return made;
  const { resource, folder } = made.value;
  try {
    const copy = join(folder, 'package');
    await mkdir(copy, { mode: 0o755 });
    await cp(join(packageFolder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
    await cp(join(packageFolder, 'package.json'), join(copy, 'package.json'));
    await hydrateLinks(copy);
    await openToAll(copy);
  } catch (error) {
    const message = `the Postgres binaries could not be copied to ${folder}: ${error instanceof Error ? error.message : String(error)}`;
    return await removeAfter(context, resource, failure('binaries-unreachable', message, { object: packageFolder }));
  }
  return ok(join(await shareBuild(context, resource, { key, folder }), 'package'));
}

/** npm run under a strict umask leaves files that only their owner can read. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function unreachable(context: Context, build: ServerBuild) {
  const who = context.edge.system.uid === 0 ? 'the unprivileged user who runs servers, because root may not,' : context.edge.system.user;
  return failure('binaries-unreachable', `${who} cannot execute ${join(build.binFolder, 'postgres')}`, { object: build.binFolder });
}
