import type pg from 'pg';
import type { CopyRelay, Relayed } from '../../core/ports.ts';
import { CopyMessages } from './copy-messages.ts';
import type { LoggedIn } from './log-in.ts';
import { readCommandTag } from './simple-batch.ts';

/** Bytes on their way to the target before the source has to wait. */
const HIGH_WATER_MARK = 1024 * 1024;

export interface RelayEnd {
  readonly side: 'source' | 'target';
  /** Tables that it had finished before. */
  readonly place: number;
  readonly error: unknown;
}

type WireConnection = pg.Connection & { sendCopyFail(message: string): void };

/** One statement, or several, of one side: tells its end once, and the rows of each COPY. */
class RelaySide implements pg.Submittable {
  readonly rows: number[] = [];
  connection: WireConnection | undefined;
  isOver = false;
  hasFailed = false;
  readonly #text: string;
  readonly #begun: () => void;
  readonly #ended: (error?: unknown) => void;

  constructor(text: string, on: { readonly begun: () => void; readonly ended: (error?: unknown) => void }) {
    this.#text = text;
    this.#begun = on.begun;
    this.#ended = on.ended;
  }

  submit(connection: pg.Connection): void {
    this.connection = connection as WireConnection;
    connection.query(this.#text);
    this.#begun();
  }

  handleCommandComplete({ text }: { text: string }): void {
    const { tag, rows } = readCommandTag(text);
    if (tag === 'COPY') this.rows.push(rows ?? 0);
  }

  handleReadyForQuery(): void {
    this.#end();
  }

  handleError(error: unknown): void {
    this.#end(error);
  }

  #end(error?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.hasFailed = error !== undefined;
    this.#ended(error);
  }

  handleCopyInResponse(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCopyData(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/**
 * Hands the rows of COPY on from one connection to another. Nothing is taken apart or copied: the source's messages go into the target's
 * socket as they came out of the source's. Never rejects: tells which side failed first, once both have come to their end.
 *
 * @param stop ends what a side is running; called when the other side has failed.
 */
export function relayCopy(
  { client: source, wire }: Pick<LoggedIn, 'client' | 'wire'>,
  { client: target }: Pick<LoggedIn, 'client'>,
  { out, into, onData }: CopyRelay,
  stop: { readonly source: () => void; readonly target: () => void },
): Promise<Relayed | RelayEnd> {
  const { promise, resolve } = Promise.withResolvers<Relayed | RelayEnd>();
  let first: RelayEnd | undefined;
  const sink = target.connection.stream;
  const from = source.connection.stream;
  const messages = new CopyMessages(forward);
  const goOn = () => from.resume();

  const giving = new RelaySide(out, {
    begun: () => {
      wire.reader = (data, parse) => messages.read(data, parse);
    },
    ended: (error) => {
      wire.reader = undefined;
      if (error !== undefined) fail('source', error);
      settle();
    },
  });
  const taking = new RelaySide(into, {
    // Rows may only follow the statement that takes them.
    begun: () => void source.query(giving),
    ended: (error) => {
      if (error !== undefined) fail('target', error);
      settle();
    },
  });

  function forward(part: Buffer): void {
    // What the target refused is read to its end, and dropped.
    if (taking.isOver || first !== undefined) return;
    const rows = messages.rows;
    sink.write(part, wire.hold());
    onData?.(rows - told, part.length, giving.rows.length);
    told = rows;
    if (sink.writableLength < HIGH_WATER_MARK) return;
    from.pause();
    sink.once('drain', goOn);
  }
  let told = 0;

  function fail(side: 'source' | 'target', error: unknown): void {
    first ??= { side, place: (side === 'source' ? giving : taking).rows.length, error };
    if (first.side !== side) return;
    // Only between messages can the target be told anything; it throws the row away, whatever its rest is.
    if (messages.missingBytes > HIGH_WATER_MARK) stop.target();
    else if (messages.missingBytes > 0) sink.write(Buffer.alloc(messages.missingBytes));
    if (side === 'target') {
      goOn();
      if (!giving.isOver) stop.source();
    } else if (!taking.isOver) taking.connection?.sendCopyFail('the source of the rows failed');
  }

  function settle(): void {
    if (!taking.isOver || !(giving.isOver || giving.connection === undefined)) return;
    sink.removeListener('drain', goOn);
    goOn();
    // Messages are rows but for the binary format's end of each table; the server's own count is exact.
    const given = giving.hasFailed ? taking.rows : giving.rows;
    // What the target has taken to its end was all there, even if the source went right after its last row: each table's own end came with it.
    const isWhole = first === undefined || (first.side === 'source' && !taking.hasFailed);
    if (isWhole) onData?.(given.reduce((sum, rows) => sum + rows, 0) - told, 0, Math.max(0, given.length - 1));
    resolve(first === undefined || isWhole ? { given, taken: taking.rows } : first);
  }

  target.query(taking);
  return promise;
}
