import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from '../../src/core/recording.ts';
import type { Address } from '../../src/core/server.ts';
import { splitStatements } from '../../src/sql/split-statements.ts';
import { type Major, withDatabase } from '../support/databases.ts';
import { record } from './record.ts';

const folder = join(import.meta.dirname, 'clients');

/** What production is before the migration, as a superuser makes it. */
export const clientsProduction = readFileSync(join(folder, 'production.sql'), 'utf8');

/** The migration as plain SQL. Other tools have it in their own words beside it. */
export const paymentsFile = join(folder, 'payments.sql');

/** What the migration does, by whatever tool it comes, as `essenceOf` tells it. */
export const paymentsDid: readonly string[] = [
  'CREATE TABLE; makes index public.payment_pkey, sequence public.payment_id_seq, table public.payment',
  'ALTER TABLE; locks public.invoice AccessExclusiveLock, public.invoice ShareLock, public.invoice_pkey AccessExclusiveLock; rewrites public.invoice type, public.invoice_pkey type; reads public.invoice',
  'ALTER TABLE',
  'CREATE INDEX; reads public.invoice; makes index public.invoice_customer',
  'UPDATE 500; locks public.invoice RowExclusiveLock, public.invoice_pkey RowExclusiveLock; reads public.invoice; writes public.invoice +0 ~500 -0',
  'ALTER TABLE; reads public.invoice',
  'ALTER TABLE; locks public.customer AccessShareLock, public.customer ShareRowExclusiveLock, public.invoice AccessShareLock, public.invoice ShareRowExclusiveLock',
  'ALTER TABLE; locks public.customer RowShareLock, public.customer_pkey AccessShareLock, public.invoice ShareUpdateExclusiveLock, public.invoice_pkey AccessShareLock; reads public.customer, public.invoice',
  'INSERT 10; reads public.invoice; writes public.payment +10 ~0 -0',
  'DROP TABLE; locks public.legacy AccessExclusiveLock; drops table public.legacy',
];

/**
 * The same where a tool doesn't wait for answers: nobody can ask in between. DDL tells of itself; of a command on rows it is known what it wrote, which the DDL
 * behind it has seen, and not what it read; nor is that of the DDL known, where both may have read the same table.
 */
export const paymentsDidAtOnce: readonly string[] = paymentsDid.map((line) => {
  if (line.startsWith('UPDATE')) return line.replace('reads public.invoice', 'reads ?');
  if (line.startsWith('INSERT')) return line.replace('reads public.invoice', 'reads ?');
  if (line === 'ALTER TABLE; reads public.invoice') return 'ALTER TABLE; reads ?';
  return line.startsWith('DROP') ? line.replace('; drops', '; reads ?; drops') : line;
});

/** What it keeps locked, as `heldLocks` tells it. */
export const paymentsHeld: readonly string[] = [
  'public.customer ShareRowExclusiveLock to the end, committed',
  'public.invoice AccessExclusiveLock to the end, committed',
  'public.invoice ShareLock to the end, committed',
  'public.invoice ShareRowExclusiveLock to the end, committed',
  'public.invoice_pkey AccessExclusiveLock to the end, committed',
  'public.legacy AccessExclusiveLock to the end, committed',
];

export const paymentsStatements: readonly string[] = splitStatements(readFileSync(paymentsFile, 'utf8')).map(({ text }) => text);

/** Records the migration as a client brings it, on a production of its own. */
export async function recordPayments(migrate: (through: Address, database: Address) => Promise<void>, major: Major = 18): Promise<Recording> {
  return await withDatabase(major, clientsProduction, async (address) => await record(address, async (through) => await migrate(through, address)));
}
