import { expect, test } from 'vitest';
import type { LockInterval, RecordedRelation, RecordedStatement, Recording } from '../../core/recording.ts';
import { holdsOf } from './holds.ts';

const table = { oid: 1, name: 'public.invoice', kind: 'table', existedBefore: true } as const;
const old = { oid: 2, name: 'public.invoice_pkey', kind: 'index', table: 1, existedBefore: true } as const;
const made = { oid: 3, name: 'public.invoice_customer', kind: 'index', table: 1, existedBefore: false } as const;
const relations: readonly RecordedRelation[] = [table, old, made];
const statement: RecordedStatement = {
  ...{ id: 1, connection: 1, transaction: 1, text: 'create index concurrently …', protocol: 'simple', rows: null, startedMs: 0, endedMs: 10, unobserved: [] },
};

/** The tables that a sampled lock on one relation counts as a hold of. */
function heldBy(relation: number): readonly number[] {
  const times = { requestedMs: 1, grantedMs: 1, releasedMs: 2, withinMs: 0 };
  const lock: LockInterval = { connection: 1, transaction: 1, relation, mode: 'AccessExclusiveLock', ...times };
  const transaction = { id: 1, connection: 1, beginMs: 0, endMs: 10, outcome: 'committed', block: false } as const;
  const recording = { statements: [statement], locks: [lock], transactions: [transaction], relations } as unknown as Recording;
  const relationOf = (oid: number) => relations.find((one) => one.oid === oid);
  const tableOf = (oid: number) => relationOf(oid)?.table ?? oid;
  return holdsOf({ recording, transaction: () => transaction, relation: relationOf, tableOf, isOfProduction: (oid) => oid === 1 }).map((hold) => hold.table);
}

test('a sampled lock on a table or one of its indexes holds the table; one on an index that is only being made holds nobody', () => {
  expect(heldBy(table.oid)).toEqual([1]);
  expect(heldBy(old.oid)).toEqual([1]);
  expect(heldBy(made.oid)).toEqual([]);
});
