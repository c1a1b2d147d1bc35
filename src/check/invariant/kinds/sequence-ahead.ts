import type { SequenceAhead } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import type { Breaking } from '../breakings.ts';
import { counted } from '../counted.ts';
import { constraintsOff, triggersOff } from '../guards-off.ts';
import { hasRows } from '../has-rows.ts';
import { type Doubt, doubtful, type Plan, type Probe, reading } from '../probe.ts';
import { readColumns, readTable, type TableFacts } from '../table-facts.ts';

/** A sequence and a column that it gives numbers to. Names as SQL. */
interface Giving {
  readonly sequence: string;
  readonly oid: string;
  readonly table: string;
  readonly column: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cycles: boolean;
  /** The column holds numbers, and not texts that are made of them. */
  readonly numeric: boolean;
}

/** Sequences that belong to a column, as serial and identity do, or are called by its default. Partitions' columns are their parent's. */
const givingQuery = `
with uses (sequence, relid, attnum) as (
  select d.objid, d.refobjid, d.refobjsubid from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.deptype in ('a', 'i') and d.refobjsubid > 0
  union
  select d.refobjid, f.adrelid, f.adnum from pg_catalog.pg_depend d
  join pg_catalog.pg_attrdef f on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = f.oid
  where d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjsubid = 0)
select pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(sc.relname) as sequence, sc.oid::text as oid,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "table", pg_catalog.quote_ident(a.attname) as "column",
       s.seqincrement::text as increment, s.seqmin::text as minimum, s.seqmax::text as maximum, s.seqcycle as cycles, t.typcategory = 'N' as numeric
from uses u
join pg_catalog.pg_sequence s on s.seqrelid = u.sequence
join pg_catalog.pg_class sc on sc.oid = s.seqrelid join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
join pg_catalog.pg_class c on c.oid = u.relid and c.relkind in ('r', 'p') and not c.relispartition
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = u.relid and a.attnum = u.attnum and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1, 3, 4`;

/**
 * What a sequence gives next is beyond every number that is there. Broken by a row that has the next number already, since a sequence itself can't be set
 * back in a transaction; or, where no such row can be made, by counting it in. Throws SqlError.
 */
export async function planSequenceAhead(session: Session, { sequences }: SequenceAhead): Promise<Plan> {
  const all = await session.query<Giving>(givingQuery);
  const doubts: Doubt[] = [];
  const remarks: string[] = [];
  const oids = new Set<string>();
  for (const name of sequences ?? []) {
    const found = await readTable(session, name, ['S']);
    if (found !== undefined) oids.add(found.oid);
    if (found === undefined || !all.some(({ oid }) => oid === found.oid)) {
      const reason = found === undefined ? `there is no sequence ${name} after migrating` : `${name} belongs to no column and is the default of none`;
      doubts.push({ key: name, reason, cure: 'Correct the name in the invariant, or ask it as SQL of your own.' });
    }
  }
  const probes: Probe[] = [];
  for (const giving of sequences === undefined ? all : all.filter(({ oid }) => oids.has(oid))) {
    const where = `${giving.table}.${giving.column}`;
    const passed = giving.cycles
      ? `${giving.sequence} cycles, so it is never ahead`
      : !giving.numeric
        ? `${where} holds no plain numbers of ${giving.sequence}`
        : (await hasRows(session, giving.table))
          ? undefined
          : `${giving.table} has no rows that ${giving.sequence} could run into`;
    if (passed === undefined) probes.push(probeOf(session, giving));
    else if (sequences === undefined) remarks.push(passed);
    else doubts.push({ key: where, reason: passed, cure: 'Take it out of the invariant, or rehearse on data that has rows of it.' });
  }
  if (probes.length === 0 && doubts.length === 0) return doubtful('no sequence gives numbers to a table with rows', 'Rehearse on data that has rows.');
  return { probes, doubts, remarks, warnings: [], reads: probes.length === 0 ? [] : readsOf(all) };
}

function probeOf(session: Session, giving: Giving): Probe {
  const { sequence, table, column, increment } = giving;
  const where = `${table}.${column}`;
  const { sql, next } = comparison(giving, `${increment.startsWith('-') ? 'min' : 'max'}(${column})`);
  const extreme = increment.startsWith('-') ? 'min' : 'max';
  return {
    key: where,
    subject: `${sequence} for ${where}`,
    check: reading(sql),
    ...counted(0, 'number that is taken or out of bounds'),
    show: (seen) => (seen.kind === 'value' && Number(seen.value) > 0 ? 'its next number is taken or out of bounds' : 'it is ahead'),
    expected: 'a next number beyond all that are there',
    breakings: async () => {
      const facts = await readTable(session, table);
      const real = facts === undefined ? [] : [await takenBreaking(session, facts, giving, next)];
      return [...real, { what: `the next number of ${sequence} counted among those of ${where}`, statements: [], sql: comparison(giving, `(${next})`).sql }];
    },
    cure: `Set it ahead at the end of the migration: select setval('${sequence.replaceAll("'", "''")}', (select ${extreme}(${column}) from ${table}));`,
    showSql: `select (select ${extreme}(${column}) from ${table}) as there, last_value, is_called from ${sequence};`,
  };
}

/** Counts 1 where what the sequence gives next is not beyond `extreme`, or beyond its own bounds. */
function comparison({ sequence, table, increment, minimum, maximum }: Giving, extreme: string): { readonly sql: string; readonly next: string } {
  const next = `select case when is_called then last_value::numeric + (${increment}) else last_value end from ${sequence}`;
  const ahead = increment.startsWith('-') ? '<' : '>';
  const sql = `
select pg_catalog.count(*) from (${next}) as given (next), (select ${extreme}::numeric from ${table}) as there (number)
where there.number is not null and not (given.next ${ahead} there.number) or given.next > ${maximum} or given.next < (${minimum})`;
  // Without an aggregate there is a row for each of the table's: one is enough.
  return { sql: extreme.startsWith('(') ? sql.replace(` from ${table})`, ` from ${table} limit 1)`) : sql, next };
}

/** A copy of a row that has the next number. */
async function takenBreaking(session: Session, table: TableFacts, { column, sequence }: Giving, next: string): Promise<Breaking> {
  const columns = (await readColumns(session, table, table.owner)).filter(({ generated }) => !generated);
  const names = columns.map(({ quoted }) => quoted).join(', ');
  const values = columns.map(({ quoted }) => (quoted === column ? `(${next})` : quoted)).join(', ');
  return {
    what: `a row of ${table.name} given the next number of ${sequence}`,
    statements: [
      ...triggersOff(table),
      ...(await constraintsOff(session, table)),
      `insert into ${table.name} (${names}) overriding system value select ${values} from ${table.name} limit 1`,
    ],
  };
}

function readsOf(all: readonly Giving[]) {
  return all.filter(({ numeric, cycles }) => numeric && !cycles).map(({ column, table }) => reading(`select ${column} from ${table}`));
}
