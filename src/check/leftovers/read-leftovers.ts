import type { Session } from '../../core/ports.ts';
import { type LogIn, logInsQuery } from '../../sql/log-ins.ts';
import { type LaterSetting, readLaterSettings } from './read-later-settings.ts';
import { type Policed, readPoliced } from './read-policed.ts';
import { readSequencesBehind, type SequenceBehind } from './read-sequences-behind.ts';
import { readSwitchedOff, type SwitchedOff } from './read-switched-off.ts';

export interface InvalidIndex {
  readonly oid: string;
  /** `public.invoice_number_idx`. */
  readonly name: string;
  readonly table: string;
  /** Of a partitioned table: invalid until every partition has its own. */
  readonly partitioned: boolean;
  readonly unique: boolean;
}

export interface UnvalidatedConstraint {
  readonly oid: string;
  readonly name: string;
  /** Or the domain. */
  readonly table: string;
  readonly definition: string;
}

/** What a database has of unfinished things, and how many things were looked at. */
export interface Leftovers {
  readonly invalidIndexes: readonly InvalidIndex[];
  readonly unvalidated: readonly UnvalidatedConstraint[];
  readonly sequencesBehind: readonly SequenceBehind[];
  readonly switchedOff: readonly SwitchedOff[];
  readonly settings: readonly LaterSetting[];
  /** Names of transactions that were prepared and neither committed nor rolled back. */
  readonly prepared: readonly string[];
  readonly logIns: readonly LogIn[];
  readonly policed: readonly Policed[];
  readonly indexes: number;
  readonly constraints: number;
  /** Columns that sequences give numbers to. */
  readonly dealt: number;
}

/** Indexes that can't be used: not valid, not ready for writes, or half dropped. */
const indexQuery = `
select i.indexrelid::text as oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name,
       pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname) as "table", c.relkind = 'I' as partitioned, i.indisunique as "unique",
       i.indisvalid and i.indisready and i.indislive as usable
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 2, 1`;

const constraintColumns = `
select k.oid::text as oid, pg_catalog.quote_ident(k.conname) as name,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(coalesce(t.relname, d.typname)) as "table",
       pg_catalog.pg_get_constraintdef(k.oid) as definition, k.convalidated as valid
from pg_catalog.pg_constraint k
left join pg_catalog.pg_class t on t.oid = k.conrelid
left join pg_catalog.pg_type d on d.oid = k.contypid
join pg_catalog.pg_namespace n on n.oid = coalesce(t.relnamespace, d.typnamespace)
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Constraints of tables and domains, and whether the rows were checked. */
const constraintQuery = `${constraintColumns}
order by 3, 2, 1`;

/** Since PostgreSQL 18: one that is NOT ENFORCED is never valid, and means to be so. */
const enforcedConstraintQuery = `${constraintColumns} and k.conenforced
order by 3, 2, 1`;

const preparedQuery = 'select gid as name from pg_catalog.pg_prepared_xacts where database = pg_catalog.current_database() order by gid collate "C"';

/** Reads what is unfinished in a database. Throws SqlError. */
export async function readLeftovers(session: Session): Promise<Leftovers> {
  const indexes = await session.query<InvalidIndex & { usable: boolean }>(indexQuery);
  const query = session.serverVersionNum >= 180_000 ? enforcedConstraintQuery : constraintQuery;
  const constraints = await session.query<UnvalidatedConstraint & { valid: boolean }>(query);
  const { behind, looked } = await readSequencesBehind(session);
  return {
    sequencesBehind: behind,
    switchedOff: await readSwitchedOff(session),
    settings: await readLaterSettings(session),
    prepared: (await session.query<{ name: string }>(preparedQuery)).map(({ name }) => name),
    logIns: await session.query<LogIn>(logInsQuery),
    policed: await readPoliced(session),
    dealt: looked,
    invalidIndexes: indexes.filter(({ usable }) => !usable).map(({ usable: _, ...index }) => index),
    unvalidated: constraints.filter(({ valid }) => !valid).map(({ valid: _, ...constraint }) => constraint),
    indexes: indexes.length,
    constraints: constraints.length,
  };
}
