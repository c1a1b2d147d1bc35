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
import { attemptsLeft, type Begun, leftFor, markBegun, ownerHere, type Resumable, readBegun, tellBeginsAnew } from './resumable-load.ts';
import { serverUser } from './server-user.ts';
import { stopServer, wasShutDownCleanly } from './stop-server.ts';

/** The lock under which an attempt that was left gets its next owner. */
export const takingUpLock = 'taking-up';

interface Wanted {
  readonly build: ServerBuild;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly database: string;
}

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
  for (let line = await claim(context, resumable); line !== undefined; line = await claim(context, resumable)) {
    const begun = await readBegun<Begun>(line);
    if (begun === undefined) continue;
    const taken = await start(context, line, begun, wanted, resumable);
    if (!taken.ok || taken.value !== undefined) return taken;
    await removeResource(context, await latestLine(context, line));
  }
  return ok(undefined);
}

/** The newest attempt that nobody has. Of several who ask at once, each gets another one or none: what one of them has is no longer left. */
async function claim(context: Context, resumable: Resumable): Promise<Resource | undefined> {
  return await context.ledger.oneAtATime(takingUpLock, async () => {
    const [line] = await attemptsLeft(context, resumable, ({ kind }) => kind === 'image');
    return line === undefined ? undefined : await context.ledger.amend(line.id, { owner: await ownerHere(context), facts: { left: 'no' } });
  });
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
