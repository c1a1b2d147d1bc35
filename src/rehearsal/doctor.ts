import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type MethodHere, methodsHere } from '../cluster/clone-method/methods-here.ts';
import { findBuilds } from '../cluster/find-builds.ts';
import { checkBuild } from '../cluster/prepare-build.ts';
import { checkIgnored } from '../config/git-ignore.ts';
import type { Settings } from '../config/schema.ts';
import { countMasked } from '../core/masking.ts';
import type { Context } from '../core/ports.ts';
import { showAddress } from '../core/server.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { prepareSigning } from '../evidence/signing/prepare-signing.ts';
import { readMigrations } from '../migrate/read-migrations.ts';
import { examineAurora } from './cloud/examine-aurora.ts';
import { examineAzure } from './cloud/examine-azure.ts';
import { examineRds } from './cloud/examine-rds.ts';
import { examineTunnel } from './cloud/examine-tunnel.ts';
import { placeOfSource } from './cloud/place.ts';
import { type Examined, told } from './examined.ts';
import { examineTarget } from './external-host.ts';
import { inPlaceOf, serverOf } from './in-place/is-in-place.ts';
import { secondClonesOf } from './in-place/second-clones.ts';
import { buildForSource } from './load/image-of-source.ts';
import { examineProduction } from './preflight/examine-production.ts';
import { maskSource } from './source/mask-source.ts';
import { openForFacts } from './source/open-source.ts';

export interface Project {
  readonly settings: Settings;
  readonly folder: string;
}

const gigabyte = 1024 ** 3;

/**
 * Looks at all that a rehearsal needs, changes nothing, and goes on after a trouble, so that all are seen at once. Without a project only this
 * machine is looked at.
 */
export async function doctor(context: Context, project: Project | undefined): Promise<readonly Examined[]> {
  const examined = [...(await ofMachine(context)), ...(project === undefined ? [] : await ofProject(context, project))];
  return examined;
}

async function ofMachine(context: Context): Promise<readonly Examined[]> {
  const { postgres, system } = context.edge;
  const builds = await findBuilds(context);
  const servers: Examined[] = [];
  for (const build of builds) {
    const usable = await checkBuild(context, build);
    servers.push(told(`PostgreSQL ${build.version}`, usable, () => build.origin));
  }
  const dump = await postgres.pgDumpFor(Math.max(13, ...builds.map(({ major }) => major)));
  const free = await system.freeDiskBytes(context.home.data);
  return [
    ...servers,
    told('pg_dump', dump, ({ label }) => label),
    { what: 'ways of cloning', found: waysText(await methodsHere(context)) },
    { what: 'folder for clones', found: `${context.home.data}, ${(free / gigabyte).toFixed(1)} GB free` },
    { what: 'ledger', found: `${(await context.ledger.list()).length} things of ours in ${context.home.state}` },
  ];
}

/** Undefined: the source is in no cloud. */
async function ofCloud(context: Context, { source }: Settings, folder: string): Promise<readonly Examined[] | undefined> {
  if ('rds' in source) return await examineRds(context, source.rds, folder);
  if ('aurora' in source) return await examineAurora(context, source.aurora, folder);
  return 'azure' in source ? await examineAzure(context, source.azure, folder) : undefined;
}

async function ofProject(context: Context, { settings, folder }: Project): Promise<readonly Examined[]> {
  const examined: Examined[] = [];
  const paths = [settings.folders.dumps, settings.folders.runs];
  examined.push(
    told(
      'git',
      await checkIgnored(
        context.edge.system,
        folder,
        paths.map((path) => join(folder, path)),
      ),
      () => `ignores ${paths.join(' and ')}`,
    ),
  );
  examined.push(told('migrations', await readMigrations(settings.migrate, folder), (migrations) => `${migrations.length} files`));
  examined.push(...(await ofSigning(context, settings, folder)));
  examined.push(...(await ofBranch(context, folder)));
  const inCloud = await ofCloud(context, settings, folder);
  if (inCloud !== undefined) {
    examined.push(...inCloud, ...inPlace(settings));
    if (settings.preflight.source !== undefined)
      examined.push(told('production', await examineProduction(context, settings, folder), (found) => `preflight looks at ${found}`));
    return examined;
  }
  examined.push(...(await ofSourceTunnel(context, settings, folder)), ...inPlace(settings));
  const source = await openForFacts(context, settings, folder);
  examined.push(told('source', source, ({ facts }) => `${facts.label}, PostgreSQL ${facts.serverVersion}, ${(facts.sizeBytes / gigabyte).toFixed(2)} GB`));
  if (!source.ok) return examined;
  // A dump is no production that could be looked at, and nobody has to say where one is.
  if (settings.preflight.source !== undefined || source.value.kind === 'live') {
    examined.push(told('production', await examineProduction(context, settings, folder), (found) => `preflight looks at ${found}`));
  }
  const { facts } = source.value;
  const server = serverOf(settings);
  if (server !== undefined) {
    const target = await examineTarget(context, { target: server, clone: settings.clone }, source.value);
    examined.push(told('target', target, ({ address, version }) => `${showAddress(address)}, PostgreSQL ${version}; \`run\` makes its databases there`));
  }
  if (settings.masking === undefined) await source.value[Symbol.asyncDispose]();
  else {
    const masked = await maskSource(context, source.value, settings.masking);
    examined.push(told('masks', masked, (open) => (open.kind === 'live' && open.masking ? countMasked(open.masking.facts) : 'those of the dump')));
    if (masked.ok) await masked.value[Symbol.asyncDispose]();
  }
  if (server === undefined) {
    const build = await buildForSource(context, facts, settings.clone.acceptOtherMajor, 'preconditions');
    examined.push(told('server for clones', build, ({ origin, version }) => `PostgreSQL ${version}, ${origin}`));
  }
  const { role } = settings.migrate;
  const known = facts.roles.find(({ name }) => name === role);
  const found =
    role === undefined
      ? 'migrate.role is not set: no run can end as PASS'
      : known === undefined
        ? `${role} is not among the source’s roles`
        : `${role}${known.superuser ? ', a superuser' : ''}`;
  examined.push({ what: 'migrator', found });
  return examined;
}

/** A server that is rehearsed on costs money for as long as the rehearsal lasts. */
function inPlace(settings: Settings): readonly Examined[] {
  if (inPlaceOf(settings) === undefined) return [];
  const more =
    secondClonesOf(settings) === 'restore'
      ? '; each further clone is another server for as long as it is used'
      : '; what needs a further clone is inconclusive';
  return [{ what: 'target', found: `the copy itself: it is there, and costs what a server costs, until the run ends${more}` }];
}

/** On which branch, and whether it is what is committed: evidence is about a commit. */
async function ofBranch({ edge: { system } }: Context, folder: string): Promise<readonly Examined[]> {
  const git = async (...args: string[]) => {
    const ran = await system.run({ command: 'git', args, cwd: folder });
    return ran.ok && ran.value.exitCode === 0 ? ran.value.stdout.trim() : undefined;
  };
  const commit = await git('rev-parse', '--short', 'HEAD');
  if (commit === undefined) return [];
  const branch = await git('symbolic-ref', '--short', '--quiet', 'HEAD');
  const changed = await git('status', '--porcelain', '--untracked-files=no', '.');
  return [{ what: 'branch', found: `${branch ?? 'none, a commit by itself'}, at ${commit}${changed === '' ? '' : ', with changes that are not committed'}` }];
}

/** What the way to a source needs that is there already. */
async function ofSourceTunnel(context: Context, { source }: Settings, folder: string): Promise<readonly Examined[]> {
  const { tunnel, credential } = placeOfSource(source) ?? {};
  const access = credential?.region === undefined ? undefined : { region: credential.region, ...withoutUndefined({ profile: credential.profile }) };
  return await examineTunnel(context, tunnel, access, folder);
}

/** Whether a run could be signed as it is to be, tried in a folder of its own. */
async function ofSigning({ edge, home }: Context, { evidence }: Settings, projectFolder: string): Promise<readonly Examined[]> {
  if (evidence.signing === undefined) return [];
  const runFolder = await mkdtemp(join(home.state, 'doctor-'));
  try {
    const signing = await prepareSigning(edge.system, evidence.signing, { runFolder, projectFolder });
    return [told('signature', signing, ({ signature: { by, key } }) => `${by === 'ssh' ? 'ssh-keygen' : 'minisign'}, ${key}`)];
  } finally {
    await rm(runFolder, { recursive: true, force: true });
  }
}

/** The first that works is the one that is used. */
function waysText(ways: readonly MethodHere[]): string {
  const usable = ways.filter(({ reason }) => reason === undefined).map(({ method }) => method);
  const others = ways.flatMap(({ method, reason }) => (reason === undefined ? [] : [`${method}: ${reason}`]));
  const lazy =
    usable[0]?.startsWith('overlay') && !usable.includes('reflink') ? ['a table’s files are copied when it is first read; btrfs and XFS would share them'] : [];
  return [usable.join(', ') || 'none', ...lazy, ...(others.length === 0 ? [] : [`not ${others.join('; ')}`])].join('; ');
}
