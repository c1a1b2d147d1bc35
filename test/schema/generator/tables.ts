import { columnSql, draftColumn, isOrdered } from './columns.ts';
import type { Dice } from './dice.ts';
import type { Draft, DraftColumn, DraftTable } from './draft.ts';
import { condition } from './expressions.ts';

/** A table with columns of all types, and now and then keys, checks, parameters and column settings. */
export function addTable(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  const key: DraftColumn = { name: draft.name(dice), type: 'integer', family: 'number', value: '1' };
  const columns = [key, ...Array.from({ length: 1 + dice.below(6) }, () => draftColumn(draft, dice))];
  const elements = columns.map((column, index) => (index === 0 ? `${column.name} integer` : columnSql(dice, column, columns)));
  elements.push(`constraint ${draft.name(dice)} ${dice.pick(['primary key', 'unique'])} (${key.name})`);
  const check = draft.name(dice);
  elements.push(`constraint ${check} check (${condition(dice, columns)})${dice.once(6) ? ' no inherit' : ''}`);
  const unlogged = dice.once(8);
  draft.add(
    `create ${unlogged ? 'unlogged ' : ''}table ${name} (${elements.join(', ')})${dice.once(5) ? ' with (fillfactor = 70, autovacuum_enabled = false)' : ''}`,
  );
  const table: DraftTable = { name, columns, kind: 'table', partitioned: false, ...(!unlogged && { key }) };
  draft.relations.push(table);
  mutateTable(draft, dice, table);
  draft.mutation(['semantic', 'constraint'], `alter table ${name} drop constraint ${check}`);
  draft.mutation(['names', 'constraint'], `alter table ${name} rename constraint ${check} to renamed`);
  draft.mutation(['physical', 'table'], `alter table ${name} set (fillfactor = 71)`);
  draft.mutation(['semantic', 'table'], `alter table ${name} replica identity full`);
  draft.mutation(['security', 'table'], `alter table ${name} enable row level security`);
  draft.mutation(['security', 'table'], `alter table ${name} owner to ${draft.other}`);
  if (unlogged) draft.mutation(['semantic', 'table'], `alter table ${name} set logged`);
  settings(draft, dice, table);
}

function mutateTable(draft: Draft, dice: Dice, { name, columns }: DraftTable): void {
  draft.describe('table', `table ${name}`, { on: name, right: dice.pick(['select', 'insert', 'references']) });
  draft.mutation(['semantic', 'column'], `alter table ${name} add column added int`);
  const last = columns.filter(({ virtual }) => !virtual).at(-1);
  if (last === undefined) return;
  draft.mutation(['comment', 'column'], `comment on column ${name}.${last.name} is 'changed'`);
  draft.mutation(['physical', 'column'], `alter table ${name} alter ${last.name} set statistics 77`);
  draft.mutation(['security', 'column'], `grant update (${last.name}) on ${name} to ${draft.other}`);
  draft.mutation(['semantic', 'column'], `alter table ${name} rename column ${last.name} to renamed`);
  if (last.type === 'text') draft.mutation(['physical', 'column'], `alter table ${name} alter ${last.name} set storage external`);
}

/** What ALTER TABLE says of columns. */
function settings(draft: Draft, dice: Dice, { name, columns }: DraftTable): void {
  const column = dice.pick(columns.filter(({ virtual }) => !virtual));
  if (dice.once(4)) draft.add(`alter table ${name} alter ${column.name} set statistics ${100 + dice.below(50)}`);
  if (dice.once(6)) draft.add(`alter table ${name} alter ${column.name} set (n_distinct = ${1 + dice.below(50)})`);
  // A hole in the numbers of the columns.
  if (dice.once(4)) draft.add(`alter table ${name} add gone int; alter table ${name} drop gone; alter table ${name} add late${dice.below(9)} text default 'x'`);
}

/** A partitioned table with partitions, one of them attached, and an index that has a part in each. */
export function addPartitions(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  const columns: DraftColumn[] = [
    { name: draft.name(dice), type: 'integer', family: 'number' },
    { name: draft.name(dice), type: 'text', family: 'text' },
  ];
  const [key, text] = columns;
  if (key === undefined || text === undefined) return;
  const strategy = dice.pick(['list', 'range', 'hash']);
  const list = `(${key.name} integer not null, ${text.name} text default 'x')`;
  draft.add(`create table ${name} ${list} partition by ${strategy} (${key.name})`);
  const bounds = (part: number) =>
    strategy === 'list'
      ? `in (${part}, ${part + 100})`
      : strategy === 'range'
        ? `from (${part * 10}) to (${part * 10 + 10})`
        : `with (modulus 3, remainder ${part})`;
  const parts = [0, 1, 2].slice(0, 1 + dice.below(3)).map((part) => ({ part, child: draft.qualified(dice) }));
  for (const { part, child } of parts) {
    if (dice.once(2)) draft.add(`create table ${child} ${list}; alter table ${name} attach partition ${child} for values ${bounds(part)}`);
    else draft.add(`create table ${child} partition of ${name} for values ${bounds(part)}`);
    draft.mutation(['semantic', 'table'], `alter table ${name} detach partition ${child}`);
    draft.mutation(['semantic', 'column'], `alter table ${child} alter ${text.name} set default 'changed'`);
    draft.mutation(['semantic', 'constraint'], `alter table ${child} add constraint added check (${key.name} > -9)`);
  }
  if (strategy !== 'hash' && dice.once(2)) {
    const rest = draft.qualified(dice);
    draft.add(`create table ${rest} partition of ${name} default`);
    draft.mutation(['semantic', 'table'], `drop table ${rest}`);
  }
  const index = draft.name(dice);
  draft.add(`create index ${index} on ${name} (${text.name})`);
  draft.mutation(['semantic', 'index'], `drop index ${draft.schema}.${index}`);
  if (dice.once(2)) draft.add(`alter table ${name} add primary key (${key.name})`);
  draft.describe('table', `table ${name}`, { on: name, right: 'delete' });
  draft.mutation(['semantic', 'column'], `alter table ${name} alter ${text.name} set not null`);
  draft.relations.push({ name, columns, kind: 'table', partitioned: true });
}

/** A child with columns of its own, which hides a default of its parent. */
export function addChild(draft: Draft, dice: Dice): void {
  const parent = draft.relation(dice, ({ kind, partitioned }) => kind === 'table' && !partitioned);
  if (parent === undefined) return;
  const name = draft.qualified(dice);
  draft.add(`create table ${name} (own int) inherits (${parent.name})`);
  draft.parents.add(parent.name);
  const column = parent.columns[0];
  if (column !== undefined && dice.once(2)) draft.add(`alter table ${name} alter ${column.name} set default 77`);
  draft.mutation(['semantic', 'table'], `alter table ${name} no inherit ${parent.name}`);
  draft.mutation(['semantic', 'column'], `alter table ${name} alter own set default 8`);
  if (column !== undefined) draft.mutation(['semantic', 'column'], `alter table ${name} alter ${column.name} set default 78`);
}

/** A reference from a column of its own, of one table to another or to itself. */
export function addForeignKey(draft: Draft, dice: Dice): void {
  const target = draft.relation(dice, ({ key }) => key !== undefined);
  const table = draft.relation(dice, ({ kind, name }) => kind === 'table' && !draft.parents.has(name));
  if (target?.key === undefined || table === undefined) return;
  const column = draft.name(dice);
  const constraint = draft.name(dice);
  const action = dice.pick(['', ' on delete cascade', ' on update set null', ' on delete restrict deferrable', ' match full deferrable initially deferred']);
  const late = !table.partitioned && dice.once(4) ? ' not valid' : '';
  draft.add(
    `alter table ${table.name} add ${column} integer, add constraint ${constraint} foreign key (${column}) references ${target.name} (${target.key.name})${action}${late}`,
  );
  draft.mutation(['semantic', 'constraint'], `alter table ${table.name} drop constraint ${constraint}`);
  draft.mutation(['comment', 'constraint'], `comment on constraint ${constraint} on ${table.name} is 'changed'`);
  draft.mutation(['names', 'constraint'], `alter table ${table.name} rename constraint ${constraint} to renamed_key`);
  if (late !== '') draft.mutation(['semantic', 'constraint'], `alter table ${table.name} validate constraint ${constraint}`);
  if (!table.partitioned) draft.mutation(['semantic', 'constraint'], `alter table ${table.name} disable trigger all`);
}

/** An index of columns and expressions, in part or whole. */
export function addIndex(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table' || kind === 'materialized view');
  const ordered = table?.columns.filter(isOrdered) ?? [];
  if (table === undefined || ordered.length === 0) return;
  const index = draft.name(dice);
  const first = dice.pick(ordered);
  const own =
    first.family === 'text'
      ? dice.pick([first.name, `(lower(${first.name}))`, `${first.name} collate "C"`, first.type === 'text' ? `${first.name} text_pattern_ops` : first.name])
      : first.name;
  const order = dice.pick(['', ' desc', ' nulls first', ' desc nulls last']);
  const include = dice.once(4) ? ` include (${dice.pick(ordered).name})` : '';
  const where = dice.once(3)
    ? ` where ${condition(
        dice,
        table.columns.filter(({ virtual }) => !virtual),
      )}`
    : '';
  draft.add(`create index ${index} on ${table.name} (${own}${order})${include}${dice.once(5) ? ' with (fillfactor = 60)' : ''}${where}`);
  const name = `${draft.schema}.${index}`;
  draft.mutation(['semantic', 'index'], `drop index ${name}`);
  draft.mutation(['names', 'index'], `alter index ${name} rename to renamed_index`);
  draft.mutation(['semantic', 'index'], `drop index ${name}; create index ${index} on ${table.name} (${first.name} desc nulls last, ${first.name})`);
  draft.mutation(['comment', 'index'], `comment on index ${name} is 'changed'`);
  if (!table.partitioned) {
    draft.mutation(['physical', 'index'], `alter index ${name} set (fillfactor = 61)`);
    const alter = table.kind === 'table' ? 'table' : 'materialized view';
    if (where === '') draft.mutation(['physical', table.kind], `alter ${alter} ${table.name} cluster on ${index}`);
    draft.mutation(['semantic', 'index'], `update pg_index set indisvalid = false where indexrelid = '${name.replaceAll("'", "''")}'::regclass`);
  }
}
