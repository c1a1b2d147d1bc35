import { setTimeout as sleep } from 'node:timers/promises';
import { failure, SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import type { Recording, Unobserved } from '../core/recording.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { assembleRecording } from './assemble/assemble-recording.ts';
import { OthersWatch } from './others-watch.ts';
import { startProxy } from './proxy/start-proxy.ts';
import { type ReadyWatch, recorderHooks } from './recorder-hooks.ts';
import type { LogEntry } from './recorder-log.ts';
import { addRecorderObjects, type RecorderObjects, removeRecorderObjects } from './recorder-objects.ts';
import { type ListedRelation, listRelations } from './relation-list.ts';
import { RelationNames } from './relation-names.ts';
import { Sampler, type Watched } from './sampler.ts';
import { sessionLooks } from './session-look.ts';
import { openSideSession, recorderName, type SideSession } from './side-session.ts';

export interface RecordingRequest {
  /** A superuser on the clone's database. */
  readonly admin: Address;
  /** The same database, as the migrator. */
  readonly target: Address;
  /** `event-triggers` unless told; `sampling` is also what is left where the server refuses them. */
  readonly mode?: Recording['mode'];
  /** Asks each session after its statements, and may end them all. */
  readonly watch?: ReadyWatch;
}

export interface FlightRecorder extends AsyncDisposable {
  /** What the migration tool connects to. */
  readonly address: Address;
  /** ISO 8601: zero of all times of the recording. */
  readonly startedAt: string;
  elapsedMs(): number;
  /** Ends the tool's connections, removes everything of the recorder from the database, and tells what was seen. */
  stop(): Promise<Result<Recording>>;
}

/** When one session crashes, the server ends all and comes back by itself: how long that may take, and how long until it is known. */
const RECOVERY_MS = 15_000;
const RESTART_MS = 2_000;
const RECOVERY_PAUSE_MS = 100;
/** SQLSTATEs of a server that ends a session or isn't ready yet. */
const recovering = new Set(['08006', '57P01', '57P02', '57P03']);

/** Nobody else works on the clone while a recording begins or ends, so that a wait this long means that something is stuck. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Records everything that goes through an address of its own: statements, transactions, locks, waits, rewrites, scans, rows and WAL. Nothing of it
 * changes what the tool sees, and nothing stays in the database.
 *
 * Fails with `recorder-failed`, or with what connecting gave.
 *
 * @example
 * const started = await startRecording(context, { admin, target });
 * if (!started.ok) return started;
 * await using recorder = started.value;
 * await migrate(recorder.address);
 * const recording = await recorder.stop();
 */
export async function startRecording(context: Context, request: RecordingRequest): Promise<Result<FlightRecorder>> {
  const { admin, target } = request;
  const open: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of open.splice(0).reverse()) await close();
  };
  /** What was put into the database goes again, also where it never came to a recording. */
  const failed = async <T extends Result<unknown>>(result: T): Promise<T> => {
    await finish(context, admin, closeAll);
    return result;
  };
  try {
    const connected = await connectAdmin(context, admin);
    if (!connected.ok) return connected;
    let session: Session | undefined = connected.value;
    open.push(async () => session?.close());
    const databaseOid = await readDatabaseOid(session);
    await removeRecorderObjects(session);
    const unobserved: Unobserved[] = [
      { what: 'temp', why: 'the server counts temporary files only at the end of a transaction, and of all sessions together' },
    ];
    const before = await listRelations(session);
    const objects = request.mode === 'sampling' ? undefined : await tryEventTriggers(session, databaseOid, unobserved);
    if (objects === undefined && request.mode === 'sampling') unobserved.push(...withoutTriggers('sampling was asked for'));
    await session.close();
    session = undefined;

    const side = await openSideSession(context, admin, databaseOid);
    if (!side.ok) return await failed(side);
    open.push(() => side.value.session.close());
    const sampling = await openSideSession(context, admin, databaseOid);
    if (!sampling.ok) return await failed(sampling);
    open.push(() => sampling.value.session.close());
    await side.value.changedRelations();
    const clockOffset = await readClockOffset(sampling.value);

    const names = new RelationNames();
    for (const { name, oid } of before) names.add(name, oid);
    const log: LogEntry[] = [];
    let watched: () => Watched = () => ({ pids: [], known: [] });
    const sampler = new Sampler({ side: sampling.value, databaseOid, clockOffset, watched: () => watched() });
    const looks = sessionLooks(databaseOid, sampling.value.session.serverVersionNum);
    const others = new OthersWatch(side.value);
    await others.look();
    let endAll = () => {};
    const recorder = recorderHooks({
      side: side.value,
      sampler: () => sampler,
      looks,
      token: objects?.token,
      names,
      log,
      onReady: () => others.note(),
      ...(request.watch === undefined ? {} : { watch: request.watch }),
      end: () => endAll(),
    });
    watched = recorder.watched;
    const proxy = await startProxy(context, { target, hooks: recorder.hooks });
    if (!proxy.ok) return await failed(proxy);
    open.push(() => proxy.value.close());
    endAll = () => void proxy.value.close();

    const zero = performance.now();
    const startedAt = context.now().toISOString();
    let stopping: Promise<Result<Recording>> | undefined;
    const stop = async (): Promise<Result<Recording>> => {
      await proxy.value.close();
      const endedAt = performance.now();
      const samples = await sampler.stop();
      const othersLooks = await others.stop();
      const end = await finish(context, admin, closeAll);
      // What was seen until a server died is worth the most of all.
      const died = !end.ok && (end.failure.code === 'source-unreachable' || recovering.has(end.failure.sql?.sqlstate ?? ''));
      if (!end.ok && !died) return end;
      if (!end.ok) unobserved.push({ what: 'objects', why: `the server was gone at the end, with the recorder’s own objects in it: ${end.failure.message}` });
      const after = end.ok ? end.value : undefined;
      const { serverVersionNum } = side.value.session;
      const mode = objects === undefined ? 'sampling' : 'event-triggers';
      return ok(
        assembleRecording({
          log,
          samples,
          others: { looks: othersLooks, own: recorder.pids },
          before,
          after,
          startedAt,
          zero,
          endedAt,
          mode,
          serverVersionNum,
          unobserved,
        }),
      );
    };
    const stopOnce = () => {
      stopping ??= stop();
      return stopping;
    };
    return ok({
      address: proxy.value.address,
      startedAt,
      elapsedMs: () => performance.now() - zero,
      stop: stopOnce,
      [Symbol.asyncDispose]: async () => void (await stopOnce()),
    });
  } catch (error) {
    await finish(context, admin, closeAll);
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('recorder-failed', `the flight recorder could not be started: ${error.fields.message}`, { sql: error.fields }));
  }
}

/** Removes what is ours, and reads what the relations have become. A server that has crashed and comes back is waited for. */
async function finish(context: Context, admin: Address, closeAll: () => Promise<void>): Promise<Result<readonly ListedRelation[] | undefined>> {
  await closeAll();
  const startedAt = performance.now();
  for (;;) {
    const done = await cleanUp(context, admin);
    if (done.ok || context.signal.aborted) return done;
    const recovers = recovering.has(done.failure.sql?.sqlstate ?? '');
    const patienceMs = recovers ? RECOVERY_MS : done.failure.code === 'source-unreachable' ? RESTART_MS : 0;
    if (performance.now() - startedAt > patienceMs) return done;
    await sleep(RECOVERY_PAUSE_MS);
  }
}

async function cleanUp(context: Context, admin: Address): Promise<Result<readonly ListedRelation[] | undefined>> {
  const connected = await connectAdmin(context, admin);
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    await removeRecorderObjects(session);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('recorder-failed', `the flight recorder's objects could not be removed: ${error.fields.message}`, { sql: error.fields }));
  }
  try {
    return ok(await listRelations(session));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return ok(undefined);
  }
}

function connectAdmin(context: Context, admin: Address): Promise<Result<Session>> {
  const options = `${admin.options ?? ''} -c lock_timeout=${LOCK_TIMEOUT_MS}`.trim();
  return context.edge.postgres.connect({ ...admin, options }, { applicationName: recorderName });
}

async function readDatabaseOid(session: Session): Promise<number> {
  const [row] = await session.query<{ oid: number }>(
    'select d.oid::pg_catalog.int8::pg_catalog.float8 as oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()',
  );
  return row?.oid ?? 0;
}

async function tryEventTriggers(session: Session, databaseOid: number, unobserved: Unobserved[]): Promise<RecorderObjects | undefined> {
  try {
    return await addRecorderObjects(session, databaseOid);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await session.execute('rollback');
    unobserved.push(...withoutTriggers(`event triggers could not be made: ${error.fields.message}`));
    return undefined;
  }
}

function withoutTriggers(why: string): readonly Unobserved[] {
  return (['rewrite-reasons', 'objects', 'lock-times'] as const).map((what) => ({ what, why }));
}

/** What the server's clock, in milliseconds since 1970, is ahead of `performance.now()`: from the quickest of a few answers. */
async function readClockOffset(side: SideSession): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, offset: performance.timeOrigin };
  for (let attempt = 0; attempt < 5; attempt++) {
    const sentAt = performance.now();
    const rows = await side.try<{ now: number }>('select extract(epoch from pg_catalog.clock_timestamp())::pg_catalog.float8 * 1000 as now', []);
    const took = performance.now() - sentAt;
    const now = rows?.[0]?.now;
    if (now !== undefined && took < best.took) best = { took, offset: now - (sentAt + took / 2) };
  }
  return best.offset;
}
