import { parseQualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { besides, derivedName } from '../recording/derived-name.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { Sighting } from '../recording/recording-check.ts';
import type { ConstraintFacts, IndexFacts } from '../recording/recording-facts.ts';

const retry = 'Not inside of a transaction. Where it is broken off, an invalid index stays behind: drop index concurrently, then again.';

/** Builds an index while the table is written to, and makes a constraint of it where it was one. */
export function indexWay(run: RecordedRun, index: IndexFacts): Pick<Sighting, 'safeWay' | 'cure'> {
  const table = run.nameOf(index.table);
  const constraint = run.after.constraints.find((one) => one.index === index.oid && one.table === index.table && one.references === undefined);
  if (constraint?.kind === 'exclusion')
    return { cure: 'An exclusion constraint can’t be built beside the writers: do it on an empty table, or in an announced pause.' };
  const create = concurrently(index.definition);
  const name = bareName(index.name);
  if (run.tableAfter(index.table)?.kind === 'partitioned table') return { safeWay: partitioned(run, index, constraint) };
  if (constraint === undefined) return { safeWay: { statements: [create], notes: [retry] } };
  const kind = constraint.kind === 'primary key' ? 'primary key' : 'unique';
  const nullable =
    kind === 'primary key' ? (run.tableBefore(index.table)?.columns ?? []).filter((one) => constraint.columns.includes(one.number) && !one.notNull) : [];
  return {
    safeWay: {
      statements: [
        create,
        `set lock_timeout = '2s'`,
        `-- takes no time: the index is there\nalter table ${table} add constraint ${constraint.name} ${kind} using index ${name}`,
      ],
      notes: [
        retry,
        ...(nullable.length === 0
          ? []
          : [
              `First make NOT NULL, by a check that is validated: ${nullable.map((one) => one.name).join(', ')}. Else the last statement reads the whole table.`,
            ]),
      ],
    },
  };
}

/** A definition as pg_get_indexdef gives it, always with the table's schema. */
function concurrently(definition: string): string {
  return definition.replace(
    /^CREATE (UNIQUE )?INDEX /,
    (_, unique: string | undefined) => `create ${unique === undefined ? '' : 'unique '}index concurrently `,
  );
}

/** CONCURRENTLY doesn't exist for a partitioned table: its partitions' indexes are built one by one and then attached. */
function partitioned(run: RecordedRun, index: IndexFacts, constraint: ConstraintFacts | undefined): NonNullable<Sighting['safeWay']> {
  const parent = { table: run.nameOf(index.table), name: index.name };
  return {
    statements: [
      `-- invalid until every partition has its own\n${onlyOn(index, parent, constraint)}`,
      ...partsOf(run, index, index.table, index.name, constraint),
    ],
    notes: [retry],
  };
}

/** The indexes of partitions, and of theirs, under the names that the migration's have. */
function partsOf(run: RecordedRun, index: IndexFacts, table: number, parent: string, constraint: ConstraintFacts | undefined): readonly string[] {
  const rest = restOf(index);
  return run.after.tables
    .filter((part) => part.parent === table)
    .flatMap((part) => {
      const made = run.after.indexes.find((one) => one.table === part.oid && restOf(one) === rest && !run.before.indexes.some(({ oid }) => oid === one.oid));
      const own = made?.name ?? besides(part.name, derivedName(part.name, `_${bareName(index.name).replaceAll('"', '')}`));
      const attach = `alter index ${parent} attach partition ${own}`;
      if (part.kind === 'partitioned table')
        return [onlyOn(index, { table: part.name, name: own }, constraint), ...partsOf(run, index, part.oid, own, constraint), attach];
      const bare = bareName(own);
      return [
        `create ${index.unique ? 'unique ' : ''}index concurrently ${bare} on ${part.name}${rest}`,
        ...(constraint === undefined ? [] : [`alter table ${part.name} add constraint ${bare} ${constraint.kind} using index ${bare}`]),
        attach,
      ];
    });
}

/** An index, or a constraint with its index, without those of the partitions. */
function onlyOn(index: IndexFacts, { table, name }: { readonly table: string; readonly name: string }, constraint: ConstraintFacts | undefined): string {
  return constraint === undefined
    ? `create ${index.unique ? 'unique ' : ''}index ${bareName(name)} on only ${table}${restOf(index)}`
    : `alter table only ${table} add constraint ${bareName(name)} ${constraint.definition}`;
}

/** What of a definition follows the table. */
function restOf({ definition }: IndexFacts): string {
  return / USING .*/s.exec(definition)?.[0] ?? '';
}

/** Without its schema, quoted where needed. */
function bareName(name: string): string {
  return quoteIdentifier(parseQualifiedName(name)?.name ?? name);
}
