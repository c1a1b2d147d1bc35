import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { showBytes } from '../../core/show-bytes.ts';
import { go, noGo, unknown } from '../finding.ts';
import type { ServerState } from '../read/read-server.ts';
import type { Rehearsed } from '../rehearsed.ts';

/** What is kept free beyond what was measured: other sessions write too. */
const spare = 1.2;

export interface Room {
  readonly rehearsed: Rehearsed;
  /** Tables of production by name, now. */
  readonly sizes: Known<ReadonlyMap<string, number>>;
  readonly server: Known<ServerState>;
  /** Undefined: nobody says how much is free. */
  readonly free: Known<number> | undefined;
}

/**
 * Is there room for the WAL and for the tables and indexes that are written anew, as they were measured, made larger where production's tables are larger than the
 * clone's were? SQL can't tell how much is free: where nobody says so it is only known where next to nothing is written. Pure.
 */
export function judgeDiskRoom({ rehearsed, sizes, server, free }: Room): PreflightFinding {
  const check = 'disk-room';
  const { written, walBytes } = rehearsed;
  if (walBytes === undefined)
    return unknown(check, 'How much WAL the migrations write was not measured.', { cure: 'Rehearse with the recorder on (record.enabled).' });
  const unmeasured = written.filter(({ bytes }) => bytes === undefined).map(({ name }) => name);
  if (unmeasured.length > 0) return unknown(check, `How large ${unmeasured.join(', ')} will be was not measured.`);
  if (!isKnown(server)) return unknown(check, `The server could not be asked: ${server.unknown}.`);
  const growth = growthOf(rehearsed, sizes);
  if (!isKnown(growth)) return unknown(check, `How large production’s tables are could not be read: ${growth.unknown}.`);
  const strange = unlike(rehearsed, sizes);
  if (strange !== undefined) {
    return unknown(check, `${strange} is far larger than on the clone, which measured nothing of it.`, { cure: 'Rehearse on a copy that has its rows.' });
  }
  const largest = Math.max(1, ...growth.value.values());
  const anew = written.reduce((sum, { table, bytes = 0 }) => sum + bytes * (growth.value.get(table) ?? 1), 0);
  const need = Math.ceil((walBytes * largest + anew) * spare);
  const what = `${showBytes(walBytes * largest)} of WAL${anew > 0 ? ` and ${showBytes(anew)} of tables and indexes` : ''}`;
  if (free === undefined) {
    // So much WAL the server has room for anyway.
    if (written.length === 0 && need <= server.value.maxWalBytes) return go(check, `Nothing is written anew, and ${what} is less than max_wal_size.`);
    return unknown(check, `The migrations write ${what}; nobody says how much is free.`, {
      cure: 'Set preflight.freeBytes to a number, or to a command that prints it.',
    });
  }
  if (!isKnown(free)) return unknown(check, `How much is free could not be found out: ${free.unknown}.`, { cure: 'Correct preflight.freeBytes.' });
  const grown = [...growth.value]
    .filter(([, factor]) => factor > 1.5)
    .map(([table, factor]) => `${table} is ${factor.toFixed(1)} times as large as on the clone.`);
  if (free.value < need) {
    return noGo(check, `${showBytes(free.value)} are free; the migrations write ${what}, and a fifth is added for others.`, {
      reasons: grown,
      cure: 'Make room first.',
    });
  }
  return go(check, `${showBytes(free.value)} are free for ${what}.`, { reasons: grown });
}

/** Tables up to this size have a page or two of indexes, which says nothing of growth. */
const nothingMuch = 65_536;

/** A table of which the clone had next to nothing, and production has more: what is written there can't be told from the clone. */
function unlike({ tables }: Rehearsed, sizes: Known<ReadonlyMap<string, number>>): string | undefined {
  if (!isKnown(sizes)) return undefined;
  return tables.find(({ table, bytes = 0 }) => bytes < nothingMuch && (sizes.value.get(table) ?? 0) > 1024 ** 2)?.table;
}

/** By how much production's tables are larger now; never less than 1. */
function growthOf({ tables }: Rehearsed, sizes: Known<ReadonlyMap<string, number>>): Known<ReadonlyMap<string, number>> {
  if (!isKnown(sizes)) return sizes;
  return {
    value: new Map(
      tables.map(({ table, bytes }) => {
        const now = sizes.value.get(table);
        return [table, now === undefined || bytes === undefined || bytes < nothingMuch ? 1 : Math.max(1, now / bytes)];
      }),
    ),
  };
}
