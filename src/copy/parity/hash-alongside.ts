import type { TableHash } from '../../core/data.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { readingSource } from '../live/reading-source.ts';
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
export async function hashAlongside<T extends { readonly ok: boolean }>(
  context: Context,
  source: LiveSource,
  read: (content: Promise<SourceContent> | undefined) => Promise<T>,
): Promise<T> {
  if (source.hashContent === undefined) return await read(undefined);
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
    done = result.ok;
    return result;
  } finally {
    if (!done) stop.abort();
    await content.catch(() => {});
  }
}

async function hashContent(context: Context, source: LiveSource, onOpened: () => void): Promise<SourceContent> {
  return await readingSource(source, 'hashing what its tables hold', async () => {
    const [held] = await source.session.query<{ ms: number }>(
      'select (extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::int as ms',
    );
    const startedAt = performance.now();
    const sourceHashes = await hashSource(context, source, {
      onOpened,
      ...(typeof source.hashContent === 'object' && { sample: { percent: source.hashContent.sample } }),
    });
    return { sourceHashes, snapshotHeldMs: (held?.ms ?? 0) + Math.round(performance.now() - startedAt) };
  });
}
