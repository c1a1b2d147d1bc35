import type { Session } from '../../core/ports.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { probeTable, type TableProbe, type WantedTable } from './probe-table.ts';

/** Where every sequence stands; `last` is null where nothing was drawn from it yet. */
const sequencesQuery = `
select s.seqrelid::text as oid, pg_catalog.pg_sequence_last_value(s.seqrelid)::text as last, s.seqstart::text as start
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid and c.relpersistence <> 't'
order by s.seqrelid`;

interface SequenceState {
  readonly oid: string;
  readonly last: string | null;
  readonly start: string;
}

/** Tries every table. Sequences, which no rollback takes back, are set to where they were. Throws SqlError. @param session a superuser's */
export async function probeTables(session: Session, wanted: readonly WantedTable[]): Promise<readonly TableProbe[]> {
  const before = await session.query<SequenceState>(sequencesQuery);
  const probes: TableProbe[] = [];
  for (const one of wanted) probes.push(await probeTable(session, one));
  const after = new Map((await session.query<SequenceState>(sequencesQuery)).map(({ oid, last }) => [oid, last]));
  for (const { oid, last, start } of before) {
    if (after.get(oid) === last) continue;
    await session.execute(`select pg_catalog.setval(${quoteLiteral(oid)}::pg_catalog.oid::pg_catalog.regclass, ${last ?? start}, ${last !== null})`);
  }
  return probes;
}
