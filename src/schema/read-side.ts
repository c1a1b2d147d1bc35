import { FailureError, failure } from '../core/failure.ts';
import type { Context, PgDump, Session } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import type { ObjectSet } from './compare/schema-object.ts';
import { valueOrThrow } from './settle/scratch-cycle.ts';
import { addCatalogFacts } from './supplement.ts';
import { readObjects } from './text/read/read-objects.ts';

/** One side of a comparison: a database, or the text of a `pg_dump -s` with the version of the server that it came from (`15.18`). */
export type Side = { readonly address: Address; readonly label: string } | { readonly text: string; readonly label: string; readonly serverVersion: string };

export interface ReadSide {
  readonly text: string;
  readonly objects: ObjectSet;
  readonly serverVersion: string;
  readonly major: number;
}

/** Reads both sides with the same pg_dump: one that is new enough for the newer of them. Throws SqlError and FailureError. */
export async function readSides(
  context: Context,
  left: Side,
  right: Side,
): Promise<{ readonly left: ReadSide; readonly right: ReadSide; readonly dump: string; readonly live: boolean }> {
  await using a = await openSide(context, left);
  await using b = await openSide(context, right);
  const live = a.session !== undefined && b.session !== undefined;
  const dump = a.session === undefined && b.session === undefined ? undefined : valueOrThrow(await context.edge.postgres.pgDumpFor(Math.max(a.major, b.major)));
  const done = await Promise.allSettled([readSide(context, left, a, dump, live), readSide(context, right, b, dump, live)]);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  const [one, other] = done.map((result) => (result as PromiseFulfilledResult<ReadSide>).value);
  return { left: one as ReadSide, right: other as ReadSide, dump: dump?.label ?? 'texts of pg_dump', live };
}

interface OpenSide extends AsyncDisposable {
  readonly session?: Session;
  readonly serverVersion: string;
  readonly major: number;
}

async function openSide(context: Context, side: Side): Promise<OpenSide> {
  if (!('address' in side)) {
    return { serverVersion: side.serverVersion, major: Number.parseInt(side.serverVersion, 10), [Symbol.asyncDispose]: async () => {} };
  }
  const connected = await context.edge.postgres.connect(side.address, {
    applicationName: 'pgrehearse compare',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 120_000, lockTimeoutMs: 30_000 },
  });
  if (!connected.ok) throw new FailureError(failed(side, connected.failure));
  const session = connected.value;
  const [row] = await session.query<{ version: string }>(
    `select pg_catalog.current_setting('server_version') as version, pg_catalog.set_config('search_path', '', false) as path`,
  );
  return {
    session,
    serverVersion: (row?.version ?? '').split(' ')[0] ?? '',
    major: Math.floor(session.serverVersionNum / 10_000),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

async function readSide(context: Context, side: Side, open: OpenSide, dump: PgDump | undefined, live: boolean): Promise<ReadSide> {
  const { serverVersion, major } = open;
  if (!('address' in side)) return { text: side.text, objects: readObjects(side.text), serverVersion, major };
  if (dump === undefined) throw new Error('a live side without a pg_dump');
  const dumped = await dump.dumpSchema(side.address, {}, context.signal);
  if (!dumped.ok) throw new FailureError(failed(side, dumped.failure));
  const objects = readObjects(dumped.value);
  if (live && open.session !== undefined) await addCatalogFacts(objects, open.session);
  return { text: dumped.value, objects, serverVersion, major };
}

function failed(side: Side, cause: FailureError['failure']): FailureError['failure'] {
  if (cause.code === 'interrupted') return cause;
  const { code: _, message, ...rest } = cause;
  return failure('compare-failed', `${side.label} could not be read: ${message}`, rest);
}
