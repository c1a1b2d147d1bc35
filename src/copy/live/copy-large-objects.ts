import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { Restore } from '../restore/restore.ts';
import { inBatches } from '../restore/run-batch.ts';
import { openTarget } from '../restore/session-settings.ts';
import { settled } from '../restore/settled.ts';
import { openReader } from './copy-tables.ts';
import { attributeStatements, type LargeObject, listLargeObjects, unreadableLosses } from './large-objects.ts';
import { readingSource } from './reading-source.ts';

/** Objects that are asked for at once, and how much of each: what is held in memory at a time is their product. */
const objectsAtOnce = 64;
const headBytes = 64 * 1024;
const pieceBytes = 4 * 1024 * 1024;

/**
 * Copies all large objects, several at once and with several workers, in constant memory: content, owner, rights and comment. One that the
 * source's role may not read is empty in the copy, and a loss; the others go on. Masking may ask for all to be empty. Throws FailureError and
 * SqlError.
 */
export async function copyLargeObjects(context: Context, source: LiveSource, target: Address, jobs: number): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  let after = '0';
  let asking: Promise<readonly LargeObject[]> = Promise.resolve([]);
  const next = () => {
    asking = asking.then(async () => {
      const objects = await readingSource(source, 'reading large objects', () => listLargeObjects(source.session, after, objectsAtOnce));
      after = objects.at(-1)?.oid ?? after;
      return objects;
    });
    return asking;
  };
  const first = await next();
  if (first.length === 0) return losses;
  const stop = new AbortController();
  const stoppable = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const work = async (given: readonly LargeObject[]) => {
    await using reader = await openReader(stoppable, source);
    const opened = await openTarget(stoppable, target, 'silent');
    if (!opened.ok) throw new FailureError(opened.failure);
    await using writer = opened.value;
    const restore = new Restore(writer);
    for (let objects = given.length > 0 ? given : await next(); objects.length > 0; objects = await next()) {
      losses.push(...(await copyObjects(source, reader, writer, objects)));
      await restore.runAll(objects.flatMap(attributeStatements));
    }
    losses.push(...restore.losses);
  };
  let failed: { readonly error: unknown } | undefined;
  const workers = first.length < objectsAtOnce ? 1 : jobs;
  await settled(
    Array.from({ length: workers }, (_, place) =>
      work(place === 0 ? first : []).catch((error: unknown) => {
        failed ??= { error };
        stop.abort();
      }),
    ),
  );
  if (failed !== undefined) throw failed.error;
  return losses.toSorted((left, right) => Number(left.object.name) - Number(right.object.name));
}

interface Head {
  readonly oid: string;
  readonly bytes: number;
  readonly base64: string;
}

/** Makes the objects with their content; returns those that could not be read. */
async function copyObjects(source: LiveSource, reader: Session, writer: Session, objects: readonly LargeObject[]): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  const emptied = source.masking?.facts.largeObjects === 'empty';
  const heads = emptied ? objects.map(({ oid }) => ({ oid, bytes: 0, base64: '' })) : await readHeads(source, reader, objects, losses);
  await writer.query(`select pg_catalog.lo_unlink(m.oid) from pg_catalog.pg_largeobject_metadata m where m.oid = any ($1::text[]::oid[])`, [
    objects.map(({ oid }) => oid),
  ]);
  await writer.query(
    `select pg_catalog.count(pg_catalog.lo_from_bytea(o.oid::oid, pg_catalog.decode(o.base64, 'base64')))
       from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as o(oid, base64)`,
    [heads.map(({ oid }) => oid), heads.map(({ base64 }) => base64)],
  );
  for (const { oid } of heads.filter(({ bytes }) => bytes === headBytes)) {
    for (let offset = headBytes; ; offset += pieceBytes) {
      const piece = await readingSource(source, `reading large object ${oid}`, () => readPiece(reader, oid, offset));
      if (piece.bytes > 0)
        await writer.query(`select pg_catalog.lo_put($1::text::oid, $2::bigint, pg_catalog.decode($3, 'base64'))`, [oid, offset, piece.base64]);
      if (piece.bytes < pieceBytes) break;
    }
  }
  return losses;
}

/** The beginning of each object; what may not be read is empty. An error would end the transaction that holds the snapshot. */
async function readHeads(source: LiveSource, reader: Session, objects: readonly LargeObject[], losses: FidelityLoss[]): Promise<readonly Head[]> {
  const read = (some: readonly LargeObject[]) =>
    readingSource(source, 'reading large objects', async () => {
      await reader.execute('savepoint large_objects');
      try {
        const rows = await reader.query<Head>(
          `select o.oid, pg_catalog.length(part) as "bytes", pg_catalog.encode(part, 'base64') as "base64"
             from pg_catalog.unnest($1::text[]) with ordinality as o(oid, place), pg_catalog.lo_get(o.oid::oid, 0, $2) as part
            order by o.place`,
          [some.map(({ oid }) => oid), headBytes],
        );
        await reader.execute('release savepoint large_objects');
        return rows;
      } catch (error) {
        if (!(error instanceof SqlError) || error.fields.sqlstate !== '42501') throw error;
        await reader.execute('rollback to savepoint large_objects; release savepoint large_objects');
        return error;
      }
    });
  const all = await read(objects);
  if (!(all instanceof SqlError)) return all;
  const heads: Head[] = [];
  for (const [object] of inBatches(objects, 1)) {
    if (object === undefined) continue;
    const one = await read([object]);
    if (one instanceof SqlError) {
      losses.push(...unreadableLosses([object]));
      heads.push({ oid: object.oid, bytes: 0, base64: '' });
    } else heads.push(...one);
  }
  return heads;
}

async function readPiece(reader: Session, oid: string, offset: number): Promise<{ readonly bytes: number; readonly base64: string }> {
  const [row] = await reader.query<{ bytes: number; base64: string }>(
    `select pg_catalog.length(part) as "bytes", pg_catalog.encode(part, 'base64') as "base64"
       from pg_catalog.lo_get($1::text::oid, $2::bigint, $3) as part`,
    [oid, offset, pieceBytes],
  );
  return row ?? { bytes: 0, base64: '' };
}
