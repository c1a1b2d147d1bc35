import type { ForeignKeysHold } from '../../../config/schema.ts';
import { countOf } from '../../../core/count-of.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { counted, counting } from '../counted.ts';
import { triggersOff } from '../guards-off.ts';
import { type Doubt, doubtful, type Plan, type Probe, reading } from '../probe.ts';
import { missingTable, readTable } from '../table-facts.ts';

/** One reference from rows to rows. Names as SQL; `only` stands before tables whose children aren't meant. */
interface Reference {
  readonly key: string;
  readonly what: string;
  readonly child: string;
  readonly childOnly: string;
  readonly parent: string;
  readonly parentOnly: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
  /** MATCH FULL: either all columns are null, or none. */
  readonly full: boolean;
  readonly detail?: string;
}

/** All foreign keys, but for those of partitions, which their parents' stand for; and for those over periods, which `=` doesn't decide. */
const foreignKeysQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as child, case c.relkind when 'p' then '' else 'only ' end as "childOnly",
       pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname) as parent, case p.relkind when 'p' then '' else 'only ' end as "parentOnly",
       k.conname as name, k.convalidated as validated, k.confmatchtype = 'f' as "full",
       coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false) as period,
       (select pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) order by u.n) from pg_catalog.unnest(k.conkey) with ordinality as u (attnum, n)
          join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) as columns,
       (select pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) order by u.n) from pg_catalog.unnest(k.confkey) with ordinality as u (attnum, n)
          join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum) as "parentColumns"
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class p on p.oid = k.confrelid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
where k.contype = 'f' and k.conparentid = 0 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C", k.conname collate "C"`;

interface ForeignKey extends Omit<Reference, 'key' | 'what' | 'detail'> {
  readonly name: string;
  readonly validated: boolean;
  readonly period: boolean;
}

/** Every reference leads to a row. Broken by taking away one row that is referred to. Throws SqlError. */
export async function planForeignKeysHold(session: Session, { constraints, references }: ForeignKeysHold): Promise<Plan> {
  const all = await session.query<ForeignKey>(foreignKeysQuery);
  const doubts: Doubt[] = [];
  const remarks: string[] = [];
  // Named references alone are meant where only those are given.
  const asked = constraints === undefined ? (references.length === 0 ? all : []) : all.filter((key) => constraints.some((name) => isCalled(key, name)));
  for (const name of constraints ?? []) {
    if (!all.some((key) => isCalled(key, name)))
      doubts.push({ key: name, reason: `there is no foreign key ${name} after migrating`, cure: 'Correct the name in the invariant.' });
  }
  const wanted: Reference[] = [];
  for (const key of asked) {
    if (key.period) remarks.push(`${key.child}.${key.name} is over periods and isn’t looked at`);
    else wanted.push(ofForeignKey(key));
  }
  for (const reference of references) {
    const meant = await ofMeant(session, reference);
    if ('reason' in meant) doubts.push(meant);
    else wanted.push(meant);
  }
  const probes: Probe[] = [];
  const empty: string[] = [];
  for (const reference of wanted) {
    if (await refersToAnything(session, reference)) probes.push(probeOf(session, reference));
    else empty.push(reference.what);
  }
  if (empty.length > 0 && constraints === undefined && references.length === 0) remarks.push(`no row refers to anything by ${empty.join(', ')}`);
  else doubts.push(...empty.map((what) => ({ key: what, reason: `no row refers to anything by ${what}`, cure: 'Rehearse on data that has rows of it.' })));
  if (probes.length === 0 && doubts.length === 0) return doubtful('no row refers to anything', 'Rehearse on data that has rows which refer to others.');
  const reads =
    probes.length === 0
      ? []
      : wanted.flatMap(({ child, columns, parent, parentColumns }) => [
          reading(`select ${columns.join(', ')} from ${child}`),
          reading(`select ${parentColumns.join(', ')} from ${parent}`),
        ]);
  return { probes, doubts, remarks, warnings: [], reads };
}

function isCalled({ child, name }: ForeignKey, given: string): boolean {
  return given === name || given === `${child}.${name}` || given === `${child}.${quoteIdentifier(name)}`;
}

function ofForeignKey({ name, validated, ...key }: ForeignKey): Reference {
  const detail = validated ? {} : { detail: 'The foreign key is NOT VALID: Postgres itself has never looked at the rows that were there.' };
  return { ...key, key: `${key.child}.${name}`, what: `${key.child}.${name}`, ...detail };
}

async function ofMeant(session: Session, { table, columns, references }: ForeignKeysHold['references'][number]): Promise<Reference | Doubt> {
  const child = await readTable(session, table);
  if (child === undefined) return missingTable(table);
  const parent = await readTable(session, references.table, ['r', 'p', 'v', 'm']);
  if (parent === undefined) return missingTable(references.table);
  if (columns.length !== references.columns.length) {
    return {
      key: table,
      reason: `${table} has ${countOf(columns.length, 'column')} that refer to ${references.columns.length}`,
      cure: 'Name as many columns on both sides.',
    };
  }
  return {
    key: `${child.name}(${columns.join(',')})`,
    what: `${child.name} (${columns.join(', ')})`,
    child: child.name,
    childOnly: '',
    parent: parent.name,
    parentOnly: '',
    columns: columns.map(quoteIdentifier),
    parentColumns: references.columns.map(quoteIdentifier),
    full: false,
  };
}

function probeOf(session: Session, reference: Reference): Probe {
  const { key, what, child, childOnly, parent, parentOnly, columns, detail } = reference;
  const orphans = `from ${childOnly}${child} as child where ${mustRefer(reference)} and not exists (select from ${parentOnly}${parent} as parent where ${matches(reference)})`;
  const referred = `
select parent.tableoid, parent.ctid from ${childOnly}${child} as child join ${parentOnly}${parent} as parent on ${matches(reference)}
where (parent.tableoid, parent.ctid) <> (child.tableoid, child.ctid) limit 1`;
  return {
    key,
    subject: what,
    check: reading(counting(orphans)),
    ...counted(0, 'row'),
    breakings: async () => {
      const table = await readTable(session, parent);
      // What a view gives can't be taken away there.
      if (table === undefined) return [];
      const remove = `delete from ${parent} where (tableoid, ctid) in (${referred})`;
      return [{ what: `a row of ${parent} that is referred to taken away`, statements: [...triggersOff(table), remove] }];
    },
    ...(detail === undefined ? {} : { detail }),
    cure: `Repair the rows of ${child} before, or make the rows of ${parent} that they refer to.`,
    showSql: `select child.* ${orphans}\norder by ${columns.map((column) => `child.${column}`).join(', ')}\nlimit 100;`,
  };
}

function mustRefer({ columns, full }: Reference): string {
  return `(${columns.map((column) => `child.${column} is not null`).join(full ? ' or ' : ' and ')})`;
}

function matches({ columns, parentColumns }: Reference): string {
  return columns.map((column, at) => `parent.${parentColumns[at]} = child.${column}`).join(' and ');
}

async function refersToAnything(session: Session, reference: Reference): Promise<boolean> {
  const { child, childOnly } = reference;
  const [row] = await session.query<{ some: boolean }>(`select exists (select from ${childOnly}${child} as child where ${mustRefer(reference)}) as some`);
  return row?.some === true;
}
