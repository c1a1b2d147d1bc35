import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { embeddedSpecifier } from './embedded-packages.ts';
import { findBuilds } from './find-builds.ts';
import { installBuild } from './install-build.ts';
import { type BuildNeeds, lacking } from './lacking.ts';

/**
 * The build to clone a source with: of its major version, with its extensions, languages and features; an embedded one before an installed one.
 *
 * Fails with `server-build-missing` when no build has the major, else with what the best build lacks (`missing-extension`, `missing-feature`),
 * all of it in `problems`, each with the command that brings it.
 *
 * @param builds those to choose from; looked for unless given
 * @example const build = await chooseBuild(context, { major: 15, extensions: [{ name: 'pgcrypto' }], languages: ['plpgsql'], features: [] });
 */
export async function chooseBuild(context: Context, needs: BuildNeeds, builds?: readonly ServerBuild[]): Promise<Result<ServerBuild>> {
  const candidates = (builds ?? (await findBuilds(context))).filter((build) => build.major === needs.major);
  if (candidates.length === 0) return fail(noBuild(context, needs.major));
  const lacks = [];
  for (const build of candidates) {
    const problems = await lacking(context, build, needs);
    if (problems.length === 0) return ok(build);
    lacks.push(problems);
  }
  const [fewest = []] = lacks.toSorted((a, b) => a.length - b.length);
  const [first] = fewest;
  if (first === undefined) throw new Error('a build that lacks nothing was not chosen');
  return fail(fewest.length === 1 ? first : { ...first, problems: fewest });
}

/** As `chooseBuild`; installs the embedded server from npm when no build here has the major version. Needs the network only then. */
export async function ensureBuild(context: Context, needs: BuildNeeds): Promise<Result<ServerBuild>> {
  const chosen = await chooseBuild(context, needs);
  const { platform, arch } = context.edge.system;
  if (chosen.ok || chosen.failure.code !== 'server-build-missing' || embeddedSpecifier(needs.major, platform, arch) === undefined) return chosen;
  const installed = await installBuild(context, needs.major);
  return installed.ok ? await chooseBuild(context, needs, [installed.value]) : installed;
}

function noBuild(context: Context, major: number) {
  const { platform, arch } = context.edge.system;
  const specifier = embeddedSpecifier(major, platform, arch);
  const system = platform === 'darwin' ? `brew install postgresql@${major}` : `apt-get install postgresql-${major}`;
  const cure = specifier === undefined ? `Install it with \`${system}\`.` : `Install it with \`npm install --save-optional ${specifier}\` or \`${system}\`.`;
  return failure('server-build-missing', `no Postgres ${major} server is installed here`, { object: String(major), cure });
}
