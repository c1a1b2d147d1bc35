import type { TableHash } from '../../core/data.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { SteadySource } from '../live/steady-source.ts';
import { hashSource } from './hash-tables.ts';

/** What a source held, and how long its snapshot was held open for finding that out. */
export interface SourceContent {
  readonly sourceHashes: readonly TableHash[];
  readonly snapshotHeldMs: number;
}

/**
 * Reads a source while it is hashed, where that is asked for: both at the same snapshot, the same tables at about the same time, so that the second reader
 * finds them in memory. When the reading fails, the hashing ends too.
 *
 * @param read is handed what the hashing will give; undefined when it isn't asked for
 */
export async function hashAlongside<T>(context: Context, source: SteadySource, read: (content: Promise<SourceContent> | undefined) => Promise<T>): Promise<T> {
  if (source.current.hashContent === undefined) return await read(undefined);
  const stop = new AbortController();
  const opened = Promise.withResolvers<void>();
  const content = hashContent({ ...context, signal: AbortSignal.any([context.signal, stop.signal]) }, source, opened.resolve);
  // Who awaits it hears of its failure; until then it is nobody's.
  content.catch(() => {});
  // A small database may be read, and its snapshot given up, before another session has got hold of it.
  await Promise.race([opened.promise, content]);
  let done = false;
  try {
    const result = await read(content);
    done = true;
    return result;
  } finally {
    if (!done) stop.abort();
    await content.catch(() => {});
  }
}

async function hashContent(context: Context, source: SteadySource, onOpened: () => void): Promise<SourceContent> {
  const hash = async (from: LiveSource) => {
    const [held] = await from.session.query<{ ms: number }>(
      'select (extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::int as ms',
    );
    const startedAt = performance.now();
    const sourceHashes = await hashSource(context, from, {
      onOpened,
      ...(typeof from.hashContent === 'object' && { sample: { percent: from.hashContent.sample } }),
    });
    return { sourceHashes, snapshotHeldMs: (held?.ms ?? 0) + Math.round(performance.now() - startedAt) };
  };
  return await source.read('hashing what its tables hold', hash, context.signal);
}
