import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteLiteral } from '../../sql/quote.ts';

export interface SequenceValue {
  readonly schema: string;
  readonly name: string;
  readonly lastValue: string;
  /** False: the next value is `lastValue` itself. */
  readonly isCalled: boolean;
}

/** Every sequence, identity columns' too; an extension's own only where its configuration counts it. Unlogged ones can't be read on a standby. */
const sequencesQuery = `
  select n.nspname as "schema", c.relname as "name"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'S' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and not (c.relpersistence = 'u' and pg_catalog.pg_is_in_recovery())
     and (exists (select from pg_catalog.pg_extension e where c.oid = any (e.extconfig))
          or not exists (select from pg_catalog.pg_depend d
                          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
   order by n.nspname collate "C", c.relname collate "C"`;

const batchSize = 200;

/**
 * Where each sequence stands. Sequences know no snapshots: a value may be later than the data's, as in any dump. Throws SqlError.
 *
 * @param only those that are wanted; all unless given
 */
export async function readSequences(session: Session, only?: readonly { readonly schema: string; readonly name: string }[]): Promise<readonly SequenceValue[]> {
  const sequences = only ?? (await session.query<{ schema: string; name: string }>(sequencesQuery));
  const values: SequenceValue[] = [];
  for (let from = 0; from < sequences.length; from += batchSize) {
    const batch = sequences.slice(from, from + batchSize);
    const parts = batch.map(({ schema, name }, place) => `select ${place} as place, last_value, is_called from ${qualifiedName(schema, name)}`);
    const rows = await session.query<{ place: number; last_value: string; is_called: boolean }>(`${parts.join(' union all ')} order by place`);
    for (const row of rows) {
      const sequence = batch[row.place];
      if (sequence !== undefined) values.push({ schema: sequence.schema, name: sequence.name, lastValue: row.last_value, isCalled: row.is_called });
    }
  }
  return values;
}

/** @example select pg_catalog.setval('public.invoice_id_seq', 42, true) */
export function setvalStatement({ schema, name, lastValue, isCalled }: SequenceValue): string {
  return `select pg_catalog.setval(${quoteLiteral(qualifiedName(schema, name))}, ${lastValue}, ${isCalled})`;
}
