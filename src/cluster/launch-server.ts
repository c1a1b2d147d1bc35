import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure, SqlError } from '../core/failure.ts';
import type { Child, Context, Session } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Address, RunningServer, ServerBuild } from '../core/server.ts';
import { adminAddress } from './admin-access.ts';
import type { Program } from './clone-method/clone-method.ts';
import { interrupted } from './interrupted.ts';
import type { ServerUser } from './server-user.ts';
import { startFailure } from './start-failure.ts';
import { accessRules, type Purpose, serverSettings, sharedMemoryKind } from './throwaway-settings.ts';
import { inSession } from './with-session.ts';

export interface Launch {
  readonly build: ServerBuild;
  /** The ledger line that gets pid, start time and port. */
  readonly resource: Resource;
  readonly folder: string;
  readonly dataFolder: string;
  readonly user: ServerUser;
  readonly purpose: Purpose;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Exactly this port; a free one unless given. */
  readonly port?: number;
  /** The database in which readiness is asked for. */
  readonly database: string;
  readonly password: Secret;
  /** Starts the server where it can see its data; plainly, as `user`, unless given. */
  readonly enter?: (program: Program) => Program;
  /** Written into the ledger line together with pid and port. */
  readonly facts?: Resource['facts'];
  /** Done in the session by which the server proved that it is ours, before anybody else is told of it. */
  readonly whenReady?: (session: Session) => Promise<Result<void>>;
}

/** Another program may take a free port between our finding it and the server's binding it. */
const portAttempts = 5;
const readyWithinMs = 120_000;

/**
 * Starts a server on a data folder, detached, and waits until it answers a query.
 * Fails with `server-start-failed` (and the log's last lines), `port-in-use` or `interrupted`; what was started is then for the caller to remove.
 */
export async function launchServer(context: Context, launch: Launch): Promise<Result<RunningServer>> {
  const { folder, dataFolder, build } = launch;
  const logFile = join(folder, 'log');
  const settingsFile = join(folder, 'postgresql.conf');
  const accessFile = join(folder, 'pg_hba.conf');
  // These stay outside the data folder, so that root writes nothing where another user could lay a link.
  await writeReadable(settingsFile, serverSettings(launch.purpose, dataFolder, launch.settings ?? {}, await sharedMemoryKind()));
  await writeReadable(accessFile, accessRules);
  await writeFile(logFile, '', { mode: 0o600, flag: 'a' });

  for (let attempt = 1; ; attempt++) {
    const port = launch.port ?? (await context.edge.system.freePort());
    const logged = (await readFile(logFile)).length;
    const program: Program = {
      command: join(build.binFolder, 'postgres'),
      args: ['-D', dataFolder, '-p', String(port), '-c', `config_file=${settingsFile}`, '-c', `hba_file=${accessFile}`],
      ...launch.user,
    };
    const started = await context.edge.system.startDetached({
      ...(launch.enter?.(program) ?? program),
      env: { LC_ALL: 'C', TZ: 'UTC' },
      cwd: folder,
      logFile,
    });
    if (!started.ok) return fail(failure('server-start-failed', `${build.origin} cannot be started: ${started.failure.message}`, { object: folder }));
    const child = started.value;
    await context.ledger.amend(launch.resource.id, { facts: { ...launch.facts, pid: child.pid, processStartedAt: child.startedAt, port } });

    const admin = adminAddress(port, launch.database, launch.password);
    const end = await untilReady(context, child, admin, launch);
    if (end === 'ready') return ok({ id: launch.resource.id, build, admin, dataFolder, logFile, pid: child.pid });
    const stopped = interrupted(context);
    if (stopped !== undefined) return fail(stopped);

    if (typeof end === 'object') return fail(end);

    const said = (await readFile(logFile)).subarray(logged).toString('utf8').trim();
    if (/could not bind IPv4 address|could not create any TCP\/IP sockets/.test(said)) {
      if (launch.port !== undefined) return fail(failure('port-in-use', `port ${port} is taken by another process`, { object: String(port) }));
      if (attempt < portAttempts) continue;
    }
    const what = end === 'exited' ? 'ended while starting' : `did not answer within ${readyWithinMs / 1000} s`;
    return fail(startFailure(`the server of ${build.origin} ${what}`, said, logFile));
  }
}

/** A listening port proves nothing, and another server may have it: the answer has to come from our own data folder. */
async function untilReady(context: Context, child: Child, admin: Address, launch: Launch): Promise<'ready' | 'exited' | 'late' | Failure> {
  // Whoever took the port may accept a connection and never speak: our server's end ends that wait.
  const ended = new AbortController();
  const exited = child.exited.then(() => ended.abort());
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const deadline = performance.now() + readyWithinMs;
  let refusedSince: number | undefined;
  for (let pauseMs = 10; performance.now() < deadline && !context.signal.aborted; pauseMs = Math.min(pauseMs * 1.2, 250)) {
    if (ended.signal.aborted) return 'exited';
    const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse', timeoutMs: 5_000, signal });
    if (connected.ok) {
      await using session = connected.value;
      if (await isOurs(session, launch.dataFolder)) {
        const done = await inSession(session, admin, launch.whenReady ?? (async () => ok()));
        return done.ok ? 'ready' : done.failure;
      }
    }
    // Somebody else's server on our port says no as well, but then ours ends at once: only a lasting no is our own server's.
    const refused = !connected.ok && ['28P01', '28000', '3D000'].includes(connected.failure.sql?.sqlstate ?? '');
    refusedSince = refused ? (refusedSince ?? performance.now()) : undefined;
    if (refusedSince !== undefined && performance.now() - refusedSince > 3_000 && !connected.ok) return connected.failure;
    await Promise.race([exited, delay(pauseMs)]);
  }
  return ended.signal.aborted ? 'exited' : 'late';
}

async function isOurs(session: Session, dataFolder: string): Promise<boolean> {
  try {
    const [row] = await session.query<{ folder: string }>("select pg_catalog.current_setting('data_directory') as folder");
    return row?.folder === dataFolder;
  } catch (error) {
    // It may end between its first and its second word.
    if (error instanceof SqlError) return false;
    throw error;
  }
}

async function writeReadable(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o644);
}
