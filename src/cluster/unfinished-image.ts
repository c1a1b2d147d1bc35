import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { readAdminPassword } from './admin-access.ts';
import { launchServer } from './launch-server.ts';
import { latestLine, type OwnedServer, removeOnce } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeResource } from './remove-resource.ts';
import { attemptsLeft, type Begun, forgetBegun, leftFor, markBegun, ownerHere, type Resumable, readBegun, tellBeginsAnew } from './resumable-load.ts';
import { serverUser } from './server-user.ts';
import { stopServer, wasShutDownCleanly } from './stop-server.ts';

interface Wanted {
  readonly build: ServerBuild;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly database: string;
}

const claimName = 'loading.claim';
/** What keeps neither the data nor our trust in it from being used once its cause is gone. */
const passing: ReadonlySet<string> = new Set(['interrupted', 'disk-short', 'server-lost', 'server-unreachable']);

/** Writes down that an image is being loaded, and by what a later attempt knows it. */
export async function markResumable(context: Context, resource: Resource, resumable: Resumable, { locale, losses }: Begun): Promise<void> {
  await markBegun(context, resource, resumable, { locale, losses }, { boot: await bootOf(context) });
}

/** Keeps what an attempt has loaded, with its server stopped, and says so in the failure; undefined where it can't be gone on with, so that it has to go. */
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
  return stopped.ok ? await leftFor(context, resource, cause, far) : undefined;
}

/**
 * Takes up what an earlier attempt of the same load left, its server running again; undefined where there is none. What can't be trusted any more, since its server
 * crashed or the machine was restarted, is removed, and said to be. Fails with what starting a server fails with.
 */
export async function takeUpImage(context: Context, wanted: Wanted, resumable: Resumable): Promise<Result<OwnedServer | undefined>> {
  for (const line of await attemptsLeft(context, resumable, ({ kind }) => kind === 'image')) {
    if (!(await claim(context, line))) continue;
    const begun = await readBegun<Begun>(line);
    if (begun === undefined) {
      // Another attempt had it, and has made it whole meanwhile.
      await forgetUnfinished(String(line.facts.folder));
      continue;
    }
    const taken = await start(context, line, begun, wanted, resumable);
    if (!taken.ok || taken.value !== undefined) return taken;
    await removeResource(context, await latestLine(context, line));
  }
  return ok(undefined);
}

/** From here on it is an image like any other. */
export async function forgetUnfinished(folder: string): Promise<void> {
  await forgetBegun(folder);
  await rm(join(folder, claimName), { force: true });
}

/** Of several attempts at once, one gets it. The claim of a process that is gone counts for nothing. */
async function claim(context: Context, { id, facts }: Resource): Promise<boolean> {
  const file = join(String(facts.folder), claimName);
  const { system } = context.edge;
  const owner = await ownerHere(context);
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

async function start(
  context: Context,
  line: Resource,
  begun: Begun,
  { build, settings, database }: Wanted,
  { survey }: Resumable,
): Promise<Result<OwnedServer | undefined>> {
  const folder = String(line.facts.folder);
  const dataFolder = join(folder, 'data');
  const user = await serverUser(context);
  if (!user.ok) return user;
  const why = await whyNot(context, line, dataFolder);
  if (why !== undefined) return anew(context, why);
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
  const surveyed = await survey({ ...launched.value.admin, database });
  if (!surveyed.ok || surveyed.value !== undefined) return anew(context, surveyed.ok ? surveyed.value : undefined);
  const remove = removeOnce(context, () => latestLine(context, line));
  return ok({
    server: launched.value,
    resource: await latestLine(context, line),
    ...begun,
    remove,
    [Symbol.asyncDispose]: async () => {
      await remove();
    },
  });
}

function anew(context: Context, why: string | undefined): Result<undefined> {
  if (why !== undefined) tellBeginsAnew(context, why);
  return ok(undefined);
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

/** The first process of a machine, or of a container, starts with it. */
async function bootOf(context: Context): Promise<string> {
  return (await context.edge.system.processStartedAt(1)) ?? 'unknown';
}
