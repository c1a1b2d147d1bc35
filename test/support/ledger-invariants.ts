import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { runInvariant } from '../../src/check/invariant/run-invariant.ts';
import { invariant as invariantSchema } from '../../src/config/settings/invariants.ts';
import type { CheckOutcome } from '../../src/core/check-outcome.ts';
import type { Address } from '../../src/core/server.ts';
import { type Major, withDatabase } from './databases.ts';
import { dropLedgerRoles, tenantLedger, tenants } from './tenant-ledger.ts';
import { testContext } from './test-context.ts';

/** A database with `tenantLedger` in it, and invariants to ask there. */
export interface Ledger {
  readonly app: string;
  readonly owner: string;
  readonly address: Address;
  readonly run: (sql: string) => Promise<{ rows: unknown[] }>;
  /** The outcome of an invariant, as it is written in a configuration. */
  readonly ask: (given: Record<string, unknown>) => Promise<CheckOutcome>;
  /** What it says while something is broken: the last parts of the ids of its findings, by severity. */
  readonly broken: (sql: string, given: Record<string, unknown>, undo: string) => Promise<readonly string[]>;
}

/** The context of the first tenant. */
export const context = { 'app.community_id': tenants[0] };

/** A ledger of its own for a test, with random roles that go with it. */
export async function withLedger(major: Major, use: (ledger: Ledger) => Promise<void>): Promise<void> {
  const id = randomBytes(5).toString('hex');
  const [app, owner] = [`app_${id}`, `owner_${id}`];
  await withDatabase(major, tenantLedger(app, owner), async (address, run) => {
    const ask: Ledger['ask'] = (given) => runInvariant(testContext(), address, invariantSchema.parse({ name: 'x', ...given }));
    const broken: Ledger['broken'] = async (sql, given, undo) => {
      await run(sql);
      const { gate, findings } = await ask(given);
      await run(undo);
      expect(gate.outcome).toBe(findings.some(({ severity }) => severity === 'blocker') ? 'failed' : 'inconclusive');
      return findings.map(({ severity, id: of }) => `${severity} ${of.replace('invariant:invariant:x:', '').replaceAll(id, '')}`);
    };
    try {
      await use({ app, owner, address, run, ask, broken });
    } finally {
      await run(dropLedgerRoles(app, owner));
    }
  });
}

/** An invariant of each kind that holds there. */
export const ledgerKinds = (app: string) => ({
  isolation: {
    kind: 'rls-isolation',
    tables: ['credit_lots', 'lot_entries', 'usage_events'],
    role: app,
    settings: context,
    tenantColumn: 'community_id',
    withoutContext: { error: 'P0001', message: 'not set' },
  },
  appendOnly: { kind: 'append-only', table: 'lot_entries', role: app, settings: context, columns: ['amount_micro', 'detail'], error: '23001' },
  forward: { kind: 'status-forward', table: 'crypto_payments', column: 'status', order: ['pending', 'confirmed', 'settled'] },
  balances: {
    kind: 'view-equals',
    view: 'lot_balances',
    sql: 'select id, community_id, amount_micro + coalesce((select sum(amount_micro) from lot_entries where lot_id = l.id), 0) from credit_lots l',
  },
  doubleEntry: { kind: 'balances', table: 'lot_entries', amount: 'amount_micro', groupBy: ['posting'] },
  references: {
    kind: 'foreign-keys-hold',
    constraints: ['lot_entries_lot_id_fkey'],
    references: [{ table: 'crypto_payments', columns: ['paid_for'], references: { table: 'credit_lots', columns: ['id'] } }],
  },
  sequences: { kind: 'sequence-ahead' },
});
