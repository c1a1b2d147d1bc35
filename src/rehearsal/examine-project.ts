import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIgnored } from '../config/git-ignore.ts';
import type { Settings } from '../config/schema.ts';
import { countOf } from '../core/count-of.ts';
import { countMasked } from '../core/masking.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { prepareSigning } from '../evidence/signing/prepare-signing.ts';
import { readMigrations } from '../migrate/read-migrations.ts';
import { examineAurora } from './cloud/examine-aurora.ts';
import { examineAzure } from './cloud/examine-azure.ts';
import { examineRds } from './cloud/examine-rds.ts';
import { examineTunnel } from './cloud/examine-tunnel.ts';
import { placeOfSource } from './cloud/place.ts';
import { examineHomes, examineRoom } from './examine-homes.ts';
import { type Examined, type ExaminedCloud, told } from './examined.ts';
import { runInPlace } from './in-place/words-in-place.ts';
import { checkBranch } from './preconditions/check-branch.ts';
import { examineProduction } from './preflight/examine-production.ts';
import { maskSource } from './source/mask-source.ts';
import { openForFacts } from './source/open-source.ts';

export interface Project {
  readonly settings: Settings;
  readonly folder: string;
}

const gigabyte = 1024 ** 3;

/** Looks at all that a project's rehearsal needs besides this machine's servers, changes nothing, and goes on after a trouble. */
export async function examineProject(context: Context, project: Project): Promise<readonly Examined[]> {
  const { settings, folder } = project;
  const paths = [settings.folders.dumps, settings.folders.runs];
  const absolute = paths.map((path) => join(folder, path));
  const examined = [
    told('git', await checkIgnored(context.edge.system, folder, absolute), () => `ignores ${paths.join(' and ')}`),
    told('migrations', await readMigrations(settings.migrate, folder), (migrations) => countOf(migrations.length, 'file')),
    ...(await ofSigning(context, settings, folder)),
    ...(await ofBranch(context, settings, folder)),
  ];
  const inCloud = await ofCloud(context, settings, folder);
  if (inCloud !== undefined) return [...examined, ...(await besidesCloud(context, project, inCloud))];
  examined.push(...(await ofSourceTunnel(context, settings, folder)), ...inPlace(settings));
  const source = await openForFacts(context, settings, folder);
  examined.push(told('source', source, ({ facts }) => `${facts.label}, PostgreSQL ${facts.serverVersion}, ${(facts.sizeBytes / gigabyte).toFixed(2)} GB`));
  if (!source.ok) return [...examined, await examineRoom(context, settings), ...(await examineHomes(context, settings, undefined))];
  return [...examined, ...(await ofSource(context, project, source.value))];
}

/** Undefined: the source is in no cloud. */
async function ofCloud(context: Context, { source }: Settings, folder: string): Promise<ExaminedCloud | undefined> {
  if ('rds' in source) return await examineRds(context, source.rds, folder);
  if ('aurora' in source) return await examineAurora(context, source.aurora, folder);
  return 'azure' in source ? await examineAzure(context, source.azure, folder) : undefined;
}

/** What isn't the cloud's, as far as it can be told while nothing is restored. */
async function besidesCloud(context: Context, { settings, folder }: Project, { examined, version, diskGb }: ExaminedCloud): Promise<readonly Examined[]> {
  const production = version === undefined ? undefined : { major: Number.parseInt(version, 10), serverVersion: version };
  return [
    ...examined,
    ...(await ofClient(context, production)),
    await examineRoom(context, settings, diskGb),
    ...inPlace(settings),
    ...(await examineHomes(context, settings, production)),
    ...(settings.preflight.source === undefined ? [] : [await ofProduction(context, { settings, folder })]),
  ];
}

/** What is told of a source that is open; it is closed. */
async function ofSource(context: Context, project: Project, source: OpenSource): Promise<readonly Examined[]> {
  const { settings } = project;
  const { facts } = source;
  const examined = [
    // A dump that is there is read by no client of this machine's.
    ...(source.kind === 'live' ? await ofClient(context, facts) : []),
    // A dump is no production that could be looked at, and nobody has to say where one is.
    ...(settings.preflight.source !== undefined || source.kind === 'live' ? [await ofProduction(context, project)] : []),
    await examineRoom(context, settings, undefined, facts.sizeBytes),
    ...(await examineHomes(context, settings, facts, source)),
  ];
  if (settings.masking === undefined) await source[Symbol.asyncDispose]();
  else {
    const masked = await maskSource(context, source, settings.masking);
    examined.push(told('masks', masked, (open) => (open.kind === 'live' && open.masking ? countMasked(open.masking.facts) : 'those of the dump')));
    if (masked.ok) await masked.value[Symbol.asyncDispose]();
  }
  const { role } = settings.migrate;
  const known = facts.roles.find(({ name }) => name === role);
  const found =
    role === undefined
      ? 'migrate.role is not set: no run can end as PASS'
      : known === undefined
        ? `${role} is not among the source’s roles`
        : `${role}${known.superuser ? ', a superuser' : ''}`;
  return [...examined, { what: 'migrator', found }];
}

/** The client that reads production must not be older than it. */
async function ofClient(context: Context, production: { readonly major: number; readonly serverVersion: string } | undefined): Promise<readonly Examined[]> {
  if (production === undefined) return [];
  const dump = await context.edge.postgres.pgDumpFor(production.major);
  return [told('client', dump, ({ label }) => `${label} reads PostgreSQL ${production.serverVersion}`)];
}

async function ofProduction(context: Context, { settings, folder }: Project): Promise<Examined> {
  return told('production', await examineProduction(context, settings, folder), (found) => `preflight looks at ${found}`);
}

function inPlace(settings: Settings): readonly Examined[] {
  const found = runInPlace(settings);
  return found === undefined ? [] : [{ what: 'target', found }];
}

/** On which branch, and whether it is what is committed: evidence is about a commit. */
async function ofBranch({ edge: { system } }: Context, { preconditions: { branches } }: Settings, folder: string): Promise<readonly Examined[]> {
  const found = await checkBranch(system, folder, branches);
  if (found.ok && found.value === undefined) return [];
  return [
    told('branch', found, (checkedOut) => {
      const { branch = 'none, a commit by itself', commit = '', uncommitted = [] } = checkedOut ?? {};
      return `${branch}, at ${commit}${uncommitted.length === 0 ? '' : ', with changes that are not committed'}`;
    }),
  ];
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
