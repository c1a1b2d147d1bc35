import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { LocaleSettings, ServerBuild } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { readAdminPassword } from './admin-access.ts';
import { launchServer } from './launch-server.ts';
import { latestLine, type OwnedServer, removeOnce } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeResource } from './remove-resource.ts';
import { serverUser } from './server-user.ts';
import { stopServer, wasShutDownCleanly } from './stop-server.ts';
import { writeWhole } from './write-whole.ts';

/** What makes a load that can be gone on with. */
export interface Resumable {
  /** The same for attempts that load the same, into servers that are made alike. */
  readonly key: string;
  /** How far it is; undefined: there is nothing that would be worth keeping. As the end of "… are there". */
  readonly reached: () => string | undefined;
}

interface Begun {
  readonly build: ServerBuild;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly database: string;
}

/** What was found out when the server was made. */
interface Made {
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
}

const recordName = 'loading.json';
const claimName = 'loading.claim';
/** What keeps neither the data nor our trust in it from being used once its cause is gone. */
const passing: ReadonlySet<string> = new Set(['interrupted', 'disk-short', 'server-lost', 'server-unreachable']);

/** Writes down that an image is being loaded, and by what a later attempt knows it. */
export async function markResumable(context: Context, resource: Resource, { key }: Resumable, made: Made): Promise<void> {
  await writeWhole(join(String(resource.facts.folder), recordName), JSON.stringify(made));
  await context.ledger.amend(resource.id, { facts: { loading: key, boot: await bootOf(context) } });
}

/**
 * Keeps what an attempt has loaded, with its server stopped, and says so in the failure; undefined where it can't be gone on with, so that it has to go. It isn't kept
 * on purpose: `gc` removes it once this process has ended.
 */
export async function leaveUnfinished(
  context: Context,
  resource: Resource,
  dataFolder: string,
  { reached }: Resumable,
  cause: Failure,
): Promise<Failure | undefined> {
  const far = reached();
  if (far === undefined || !passing.has(cause.code)) return undefined;
  // One that crashed wrote nothing for good: it ran without fsync.
  const stopped = await stopServer(context, resource, dataFolder);
  if (!stopped.ok) return undefined;
  await context.ledger.amend(resource.id, { facts: { left: 'yes' } });
  const cure = `${cause.cure} The same load goes on with what is there; \`pgrehearse gc\` removes it.`;
  return { ...cause, message: `${cause.message} ${far} are there and were kept.`, cure };
}

/**
 * Takes up what an earlier attempt of the same load left, its server running again; undefined where there is none. What can't be trusted any more, since its server
 * crashed or the machine was restarted, is removed, and said to be. Fails with what starting a server fails with.
 */
export async function takeUpImage(context: Context, begun: Begun, { key }: Resumable): Promise<Result<OwnedServer | undefined>> {
  for (const line of (await context.ledger.list()).filter(({ kind, facts }) => kind === 'image' && facts.loading === key).reverse()) {
    if (!(await isLeft(context, line)) || !(await claim(context, line))) continue;
    const taken = await start(context, line, begun);
    if (!taken.ok || taken.value !== undefined) return taken;
    await removeResource(context, await latestLine(context, line));
  }
  return ok(undefined);
}

/** Whether nobody is at work on it, nor ever finished it: images that are whole keep the same facts. */
async function isLeft(context: Context, { kept, owner, facts }: Resource): Promise<boolean> {
  if (kept || owner.host !== context.edge.system.host) return false;
  if ((await readRecord(String(facts.folder))) === undefined) return false;
  return facts.left === 'yes' || (await context.edge.system.processStartedAt(owner.pid)) !== owner.processStartedAt;
}

/** From here on it is an image like any other. */
export async function forgetUnfinished(folder: string): Promise<void> {
  for (const name of [recordName, claimName]) await rm(join(folder, name), { force: true });
}

/** Of several attempts at once, one gets it. The claim of a process that is gone counts for nothing. */
async function claim(context: Context, { id, facts }: Resource): Promise<boolean> {
  const file = join(String(facts.folder), claimName);
  const { system } = context.edge;
  const owner = { pid: process.pid, processStartedAt: (await system.processStartedAt(process.pid)) ?? '', host: system.host };
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      await using claimed = await open(file, 'wx', 0o600);
      await claimed.writeFile(`${owner.pid}\n${owner.processStartedAt}`);
      await context.ledger.amend(id, { owner, facts: { left: 'no' } });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
      const [pid, startedAt] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
      if (pid !== undefined && (await system.processStartedAt(Number(pid))) === startedAt && Number(pid) !== process.pid) return false;
      await rm(file, { force: true });
    }
  }
  return false;
}

async function start(context: Context, line: Resource, { build, settings, database }: Begun): Promise<Result<OwnedServer | undefined>> {
  const folder = String(line.facts.folder);
  const dataFolder = join(folder, 'data');
  const record = await readRecord(folder);
  const user = await serverUser(context);
  if (!user.ok) return user;
  const why = await whyNot(context, line, dataFolder);
  if (record === undefined || why !== undefined) {
    const text = `An interrupted load of the same was found, but ${why ?? 'it isn’t whole'}: nothing of it can be trusted, so all is loaded again`;
    context.emit({ type: 'step', phase: 'provision', text });
    return ok(undefined);
  }
  const prepared = await prepareServer(context, line, build, folder);
  if (!prepared.ok) return prepared;
  const launched = await launchServer(context, {
    build: prepared.value,
    resource: line,
    folder,
    dataFolder,
    user: user.value,
    purpose: 'load',
    ...(settings === undefined ? {} : { settings }),
    database: 'template1',
    password: await readAdminPassword(folder),
  });
  if (!launched.ok) return launched;
  if (!(await hasDatabase(context, { ...launched.value.admin, database }))) return ok(undefined);
  const remove = removeOnce(context, () => latestLine(context, line));
  return ok({
    server: launched.value,
    resource: await latestLine(context, line),
    ...record,
    remove,
    [Symbol.asyncDispose]: async () => {
      await remove();
    },
  });
}

/** As the end of "…, but". Only a server that was stopped in order has written everything, and only to memory: a restart of the machine loses that. */
async function whyNot(context: Context, line: Resource, dataFolder: string): Promise<string | undefined> {
  const boot = await bootOf(context);
  if (boot === 'unknown') return 'whether the machine was restarted since can’t be told';
  if (line.facts.boot !== boot) return 'the machine was restarted since';
  const { pid, processStartedAt } = line.facts;
  const isAlive = typeof pid === 'number' && (await context.edge.system.processStartedAt(pid)) === processStartedAt;
  const clean = isAlive ? (await stopServer(context, line, dataFolder)).ok : await wasShutDownCleanly(dataFolder).catch(() => false);
  return clean ? undefined : 'its server crashed';
}

/** A schema that wasn't whole has no record, and can't be completed: then there is nothing to take up. */
async function hasDatabase(context: Context, admin: OwnedServer['server']['admin']): Promise<boolean> {
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return false;
  await using session = connected.value;
  const [row] = await session.query<{ there: boolean }>("select pg_catalog.to_regclass('pgrehearse_load.part') is not null as there");
  return row?.there === true;
}

/** The first process of a machine, or of a container, starts with it. */
async function bootOf(context: Context): Promise<string> {
  return (await context.edge.system.processStartedAt(1)) ?? 'unknown';
}

async function readRecord(folder: string): Promise<Made | undefined> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Made);
}
