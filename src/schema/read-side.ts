import { FailureError, failure, SqlError } from '../core/failure.ts';
import type { Context, PgDump, Session } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import { stripRestrict } from '../sql/strip-restrict.ts';
import type { CapturedCatalog } from './captured-catalog.ts';
import { readUnknownColumns } from './coverage/unmodelled.ts';
import { isKnownMajor } from './extract/by-major.ts';
import { valueOrThrow } from './settle/scratch-cycle.ts';
import { ChunkedDump } from './text/chunk-dump.ts';
import { type DifferingChunks, differingChunks } from './text/differing-chunks.ts';

/**
 * One side of a comparison: a database, or the text of a `pg_dump -s` with the version of the server that it came from (`15.18`), and with the facts of
 * its catalogs where they were read when it was dumped.
 */
export type Side =
  | { readonly address: Address; readonly label: string }
  | { readonly text: string; readonly label: string; readonly serverVersion: string; readonly catalog?: CapturedCatalog | undefined };

/** A side that is being read. */
export interface OpenSide {
  readonly side: Side;
  /** Absent where the side is only a text. */
  readonly session?: Session;
  readonly serverVersion: string;
  readonly major: number;
  /** Columns of its catalogs that are not known here: none, but where its major is newer than all known ones. */
  readonly unknown: readonly string[];
}

export interface OpenSides extends AsyncDisposable {
  readonly left: OpenSide;
  readonly right: OpenSide;
}

/** Connects to both sides, read-only. Throws FailureError, which names the side, and SqlError. */
export async function openSides(context: Context, left: Side, right: Side): Promise<OpenSides> {
  await using stack = new AsyncDisposableStack();
  const [a, b] = await both(openSide(context, left, stack), openSide(context, right, stack));
  stack.move();
  const close = async () => {
    await both(Promise.resolve(a.session?.close()), Promise.resolve(b.session?.close()));
  };
  return { left: a, right: b, [Symbol.asyncDispose]: close };
}

async function openSide(context: Context, side: Side, stack: AsyncDisposableStack): Promise<OpenSide> {
  if (!('address' in side)) return { side, serverVersion: side.serverVersion, major: Number.parseInt(side.serverVersion, 10), unknown: [] };
  const connected = await context.edge.postgres.connect(side.address, {
    applicationName: 'pgrehearse compare',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 120_000, lockTimeoutMs: 30_000 },
  });
  if (!connected.ok) throw new FailureError(failed(side, connected.failure));
  const session = connected.value;
  stack.defer(() => session.close());
  const [row] = await session.query<{ version: string }>(`select pg_catalog.current_setting('server_version') as version`);
  const major = Math.floor(session.serverVersionNum / 10_000);
  const unknown = isKnownMajor(major) ? [] : await readUnknownColumns(session);
  return { side, session, serverVersion: (row?.version ?? '').split(' ')[0] ?? '', major, unknown };
}

/** Both texts, cut at pg_dump's headers, and what differs of them; undefined where that can't be told without reading both. */
export interface CutDumps {
  readonly left: ChunkedDump;
  readonly right: ChunkedDump;
  readonly differing: DifferingChunks | undefined;
}

export interface DumpedSides {
  readonly left: string;
  readonly right: string;
  /** Whether both are of servers of the same major. */
  readonly sameMajor: boolean;
  /** What gave the texts. */
  readonly label: string;
  readonly cut: CutDumps;
}

/**
 * The texts of both sides, by the same pg_dump: one that is new enough for the newer of them. Undefined where a server is of a major that is not known yet,
 * and no pg_dump reads it. Throws FailureError, which names the side.
 *
 * @param meanwhile done with the first text of a server, while the other one is still written
 */
export async function dumpSides(
  context: Context,
  sides: readonly [Side, Side],
  opening: Promise<OpenSides>,
  meanwhile: (dump: ChunkedDump) => void,
): Promise<DumpedSides | undefined> {
  // A text was made by the pg_dump that fits its own server; the other side is dumped in the same way. While a server is connected to, programs are looked for.
  const newest = opening.then(({ left, right }) => Math.max(left.major, right.major));
  const [{ left, right }, found] = await both(opening, sides.every((side) => 'text' in side) ? none : context.edge.postgres.pgDumpFor(newest));
  const live = [left, right].filter(({ session }) => session !== undefined);
  if (found?.ok === false && live.length === 2 && live.some(({ major }) => !isKnownMajor(major))) return undefined;
  const dump = found === undefined ? undefined : valueOrThrow(found);
  let first = live.length === 2;
  const cutSide = async (open: OpenSide) => {
    const cut = new ChunkedDump(await dumpSide(context, open, dump));
    if (first) meanwhile(cut);
    first = false;
    return cut;
  };
  const [a, b] = await both(cutSide(left), cutSide(right));
  const cut = { left: a, right: b };
  const differing = differingChunks(a, b);
  return { left: a.text, right: b.text, sameMajor: left.major === right.major, label: dump?.label ?? 'texts of pg_dump', cut: { ...cut, differing } };
}

const none = Promise.resolve(undefined);

async function dumpSide(context: Context, { side }: OpenSide, dump: PgDump | undefined): Promise<string> {
  // A text may come straight from pg_dump, whose key is another one each time.
  if (!('address' in side)) return stripRestrict(side.text);
  if (dump === undefined) throw new Error('a live side without a pg_dump');
  const dumped = await dump.dumpSchema(side.address, {}, context.signal);
  if (!dumped.ok) throw new FailureError(failed(side, dumped.failure));
  return dumped.value;
}

/** Waits for both, also when one fails: nobody may be at work on what is given back. */
export async function both<A, B>(left: Promise<A>, right: Promise<B>): Promise<readonly [A, B]> {
  const [a, b] = await Promise.allSettled([left, right]);
  // What a server said tells more than that a connection was lost on account of it.
  const rejected = [a, b].filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  if (rejected.length > 0) throw rejected.find((reason) => reason instanceof FailureError || reason instanceof SqlError) ?? rejected[0];
  return [(a as PromiseFulfilledResult<A>).value, (b as PromiseFulfilledResult<B>).value];
}

function failed(side: Side, cause: FailureError['failure']): FailureError['failure'] {
  if (cause.code === 'interrupted') return cause;
  const { code: _, message, ...rest } = cause;
  return failure('compare-failed', `${side.label} could not be read: ${message}`, rest);
}
