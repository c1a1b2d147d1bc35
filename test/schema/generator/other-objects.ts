import type { Dice } from './dice.ts';
import type { Draft, DraftColumn } from './draft.ts';
import { condition, expression } from './expressions.ts';

export function addEnum(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  const labels = ['a', 'B b', "it's", 'é', 'x, y'].slice(0, 1 + dice.below(5));
  draft.add(`create type ${name} as enum (${labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ')})`);
  if (dice.once(3)) draft.add(`alter type ${name} add value 'first' before 'a'`);
  draft.types.push({ name: '', type: name, family: 'other' });
  draft.describe('type', `type ${name}`, { on: `type ${name}`, right: 'usage' });
  draft.mutation(['semantic', 'type'], `alter type ${name} add value 'added' after 'a'`);
  draft.mutation(['semantic', 'type'], `alter type ${name} rename value 'a' to 'A'`);
  draft.mutation(['security', 'type'], `alter type ${name} owner to ${draft.other}`);
}

export function addDomain(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  const [type, family, checks] = dice.pick([
    ['integer', 'number', ['value > 0', 'value between 1 and 9', 'value in (1, 2)']],
    ['character varying(9)', 'text', ["value in ('x', 'y')", 'length(value) > 1', "value <> 'z'"]],
    ['text', 'text', ["value ~ '^a'", "value = any (array['a', 'b'])", 'value = lower(value)']],
  ] as const);
  const constraint = draft.name(dice);
  draft.add(`create domain ${name} as ${type} constraint ${constraint} check (${dice.pick(checks)})`);
  draft.types.push({ name: '', type: name, family: family === 'number' ? 'number' : 'other' });
  draft.describe('domain', `domain ${name}`, { on: `domain ${name}`, right: 'usage' });
  draft.mutation(['semantic', 'domain'], `alter domain ${name} drop constraint ${constraint}`);
  draft.mutation(['semantic', 'domain'], `alter domain ${name} set not null`);
  draft.mutation(['semantic', 'domain'], `alter domain ${name} set default '7'`);
  draft.mutation(['comment', 'domain'], `comment on constraint ${constraint} on domain ${name} is 'changed'`);
}

export function addComposite(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  draft.add(`create type ${name} as (a integer, "B b" text${dice.once(2) ? ' collate "C", c numeric(9, 2)[]' : ''})`);
  draft.describe('type', `type ${name}`);
  draft.mutation(['comment', 'type'], `comment on column ${name}.a is 'changed'`);
  draft.mutation(['semantic', 'type'], `alter type ${name} add attribute added int`);
  draft.mutation(['semantic', 'type'], `alter type ${name} alter attribute a type bigint`);
  draft.mutation(['order', 'type'], `alter type ${name} drop attribute a; alter type ${name} add attribute a integer`);
}

export function addSequence(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  draft.add(`create sequence ${name}${dice.pick(['', ' as smallint', ' increment 5 start 7 cycle', ' minvalue -9 maxvalue 99 cache 3'])}`);
  const owner = dice.once(2) ? draft.relation(dice, ({ kind }) => kind === 'table') : undefined;
  if (owner !== undefined) draft.add(`alter sequence ${name} owned by ${owner.name}.${dice.pick(owner.columns).name}`);
  draft.describe('sequence', `sequence ${name}`, { on: `sequence ${name}`, right: 'usage' });
  draft.mutation(['semantic', 'sequence'], `alter sequence ${name} increment 3`);
  draft.mutation(['semantic', 'sequence'], `alter sequence ${name} cache 9`);
  if (owner === undefined) draft.mutation(['semantic', 'sequence'], `drop sequence ${name}`);
  else draft.mutation(['semantic', 'sequence'], `alter sequence ${name} owned by none`);
}

export function addView(draft: Draft, dice: Dice): void {
  const from = draft.relation(dice);
  if (from === undefined) return;
  const name = draft.qualified(dice);
  const chosen = dice.some(from.columns);
  const columns: DraftColumn[] = chosen.map((column) => ({ ...column, name: draft.name(dice) }));
  const list = chosen.map((column, index) => `r.${column.name} as ${columns[index]?.name}`).join(', ');
  const join = dice.once(4) ? ` left join ${from.name} s on s.${chosen[0]?.name} is not null` : '';
  const body = `select ${list}, ${expression(dice, from.columns, 'r.')} as made from ${from.name} r${join} where ${condition(dice, from.columns, 'r.')}`;
  const filled = !from.unreadable && dice.once(3);
  const empty = filled && dice.once(3);
  if (filled) {
    draft.add(`create materialized view ${name} as ${body}${empty ? ' with no data' : ''}`);
    draft.describe('materialized view', `materialized view ${name}`, { on: name, right: 'select' });
    draft.mutation(['physical', 'materialized view'], `alter materialized view ${name} set (fillfactor = 33)`);
  } else {
    draft.add(`create view ${name}${dice.pick(['', ' with (security_barrier)', ' with (security_invoker = true)'])} as ${body}`);
    draft.describe('view', `view ${name}`, { on: name, right: 'select' });
    draft.mutation(['semantic', 'view'], `create or replace view ${name} as ${body.replace(' as made from', ' as made, 1 as more from')}`);
    draft.mutation(['comment', 'column'], `comment on column ${name}.made is 'changed'`);
    draft.mutation(['security', 'view'], `alter view ${name} set (security_barrier = ${dice.pick(['false', 'off'])})`);
  }
  draft.relations.push({ name, columns, kind: filled ? 'materialized view' : 'view', partitioned: false, unreadable: empty || from.unreadable === true });
}

export function addRoutine(draft: Draft, dice: Dice): void {
  const name = draft.qualified(dice);
  const argument = draft.name(dice);
  const tag = '$body$';
  const kind = dice.pick(['function', 'function', 'procedure', 'aggregate'] as const);
  if (kind === 'aggregate') {
    draft.add(
      `create aggregate ${name}(integer) (sfunc = int4pl, stype = integer${dice.pick(['', ", initcond = '7'", ', combinefunc = int4pl, parallel = safe'])})`,
    );
    draft.describe('aggregate', `aggregate ${name}(integer)`, { on: `function ${name}(integer)`, right: 'execute' });
    draft.mutation(['semantic', 'aggregate'], `drop aggregate ${name}(integer)`);
    return;
  }
  const body = `begin\n  -- it's a line; with "quotes"\n  perform 1 /* $$ */;\n  return${kind === 'function' ? ` ${argument} + ${dice.below(99)}` : ''};\nend`;
  const make = (text: string, more: string) =>
    `create or replace ${kind} ${name}(${argument} integer${dice.once(3) ? ' default 5' : ''})${kind === 'function' ? ' returns integer' : ''} language plpgsql${more} as ${tag}${text}${tag}`;
  const options =
    kind === 'function'
      ? dice.pick(['', ' stable strict', ' immutable parallel safe cost 7', " set search_path = pg_catalog, 'x y'", ' security definer leakproof'])
      : '';
  const created = make(body, options);
  draft.add(created);
  draft.describe(kind, `${kind} ${name}(integer)`, { on: `${kind} ${name}(integer)`, right: 'execute' });
  draft.mutation(['semantic', kind], created.replace('perform 1 ', 'perform 2 '));
  draft.mutation(['semantic', kind], created.replace('-- it', '--  it'));
  draft.mutation(['semantic', kind], `alter ${kind} ${name}(integer) set work_mem = '9MB'`);
  draft.mutation(['security', kind], `alter ${kind} ${name}(integer) ${options.includes('definer') ? 'security invoker' : 'security definer'}`);
  draft.mutation(['security', kind], `alter ${kind} ${name}(integer) owner to ${draft.other}`);
}

export function addTrigger(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table');
  if (table === undefined) return;
  const handler = draft.qualified(dice);
  const name = draft.name(dice);
  const timing = dice.pick(['before', 'after']);
  const of = dice.once(3) ? ` of ${dice.pick(table.columns).name}` : '';
  const when = dice.once(2)
    ? ` when (${condition(
        dice,
        table.columns.filter(({ virtual, stored }) => !virtual && !stored),
        'new.',
      )})`
    : '';
  draft.add(`create function ${handler}() returns trigger language plpgsql as 'begin return null; end'`);
  draft.add(`create trigger ${name} ${timing} insert or update${of} on ${table.name} for each row${when} execute function ${handler}('a', 'it''s')`);
  draft.mutation(['semantic', 'trigger'], `alter table ${table.name} ${dice.pick(['disable', 'enable always', 'enable replica'])} trigger ${name}`);
  draft.mutation(['names', 'trigger'], `alter trigger ${name} on ${table.name} rename to renamed_trigger`);
  draft.mutation(['semantic', 'trigger'], `drop trigger ${name} on ${table.name}`);
  draft.mutation(['semantic', 'trigger'], `create or replace trigger ${name} ${timing} update on ${table.name} for each row execute function ${handler}()`);
  draft.mutation(['comment', 'trigger'], `comment on trigger ${name} on ${table.name} is 'changed'`);
}

export function addPolicy(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table');
  if (table === undefined) return;
  const name = draft.name(dice);
  const command = dice.pick(['all', 'select', 'update', 'delete']);
  const kind = dice.once(4) ? ' as restrictive' : '';
  draft.add(
    `create policy ${name} on ${table.name}${kind} for ${command} to ${dice.pick([draft.role, 'public', `${draft.other}, ${draft.role}`])} using (${condition(dice, table.columns)})`,
  );
  draft.mutation(['security', 'policy'], `drop policy ${name} on ${table.name}`);
  draft.mutation(['security', 'policy'], `alter policy ${name} on ${table.name} to ${draft.other}, current_user`);
  draft.mutation(['security', 'policy'], `alter policy ${name} on ${table.name} using (false)`);
  draft.mutation(['names', 'policy'], `alter policy ${name} on ${table.name} rename to renamed_policy`);
  draft.mutation(['comment', 'policy'], `comment on policy ${name} on ${table.name} is 'changed'`);
}

export function addGrant(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice);
  if (table === undefined) return;
  const right = dice.pick(['select', 'insert, update', 'delete']);
  const to = dice.pick([draft.role, 'public']);
  draft.add(`grant ${right} on ${table.name} to ${to}${to === 'public' || dice.once(2) ? '' : ' with grant option'}`);
  draft.mutation(['security', table.kind], `revoke ${right} on ${table.name} from ${to}`);
  const column = dice.pick(table.columns);
  if (!dice.once(2)) return;
  draft.add(`grant references (${column.name}) on ${table.name} to ${draft.role}`);
  draft.mutation(['security', 'column'], `revoke references (${column.name}) on ${table.name} from ${draft.role}`);
}

export function addComment(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice);
  if (table === undefined) return;
  const text = dice.pick(["'plain'", "E'two\\nlines; -- and more'", "'it''s $$ \"quoted\"'"]);
  draft.add(`comment on ${table.kind} ${table.name} is ${text}`);
  draft.mutation(['comment', table.kind], `comment on ${table.kind} ${table.name} is null`);
  draft.mutation(['comment', table.kind], `comment on ${table.kind} ${table.name} is 'other'`);
}

export function addRule(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table' || kind === 'view');
  if (table === undefined) return;
  const name = draft.name(dice);
  draft.add(`create rule ${name} as on delete to ${table.name} where ${condition(dice, table.columns, 'old.')} do ${dice.pick(['instead', 'also'])} nothing`);
  draft.mutation(['semantic', 'rule'], `drop rule ${name} on ${table.name}`);
  draft.mutation(['semantic', 'rule'], `create or replace rule ${name} as on delete to ${table.name} do also select 1`);
  draft.mutation(['comment', 'rule'], `comment on rule ${name} on ${table.name} is 'changed'`);
  if (table.kind === 'table') draft.mutation(['semantic', 'rule'], `alter table ${table.name} disable rule ${name}`);
}

export function addStatistics(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table');
  const columns = table?.columns.filter(({ family, virtual }) => !virtual && (family === 'number' || family === 'text')) ?? [];
  if (table === undefined || columns.length < 2) return;
  const name = draft.qualified(dice);
  draft.add(
    `create statistics ${name} (${dice.pick(['ndistinct', 'dependencies, mcv'])}) on ${columns[0]?.name}, (${columns[1]?.name} is null) from ${table.name}`,
  );
  draft.mutation(['physical', 'statistics'], `drop statistics ${name}`);
  draft.mutation(['physical', 'statistics'], `alter statistics ${name} set statistics 9`);
  draft.mutation(['comment', 'statistics'], `comment on statistics ${name} is 'changed'`);
}

export function addPublication(draft: Draft, dice: Dice): void {
  const table = draft.relation(dice, ({ kind }) => kind === 'table');
  const name = draft.globalName();
  // An unlogged table can't be published.
  draft.add(`create publication ${name}${dice.pick(['', " with (publish = 'insert, delete')", ' with (publish_via_partition_root)'])}`);
  draft.describe('publication', `publication ${name}`);
  draft.mutation(['semantic', 'publication'], `alter publication ${name} set (publish = 'truncate')`);
  draft.mutation(['semantic', 'publication'], `alter publication ${name} add tables in schema ${draft.schema}`);
  draft.mutation(['semantic', 'publication'], `drop publication ${name}`);
  if (table !== undefined)
    draft.mutation(
      ['semantic', 'publication'],
      `create table ${draft.schema}.published (a int); alter publication ${name} add table ${draft.schema}.published`,
    );
}

export function addForeignTable(draft: Draft, dice: Dice): void {
  const wrapper = draft.globalName();
  const server = draft.globalName();
  const name = draft.qualified(dice);
  draft.add(
    `create foreign data wrapper ${wrapper} options (a 'x', b 'y'); create server ${server} type 'k' foreign data wrapper ${wrapper} options (host 'h')`,
  );
  draft.add(`create foreign table ${name} (a integer options (o 'it''s') not null, "B b" text) server ${server} options (t 'x')`);
  const columns: DraftColumn[] = [{ name: 'a', type: 'integer', family: 'number' }];
  draft.relations.push({ name, columns, kind: 'foreign table', partitioned: false, unreadable: true });
  draft.mutation(['semantic', 'foreign table'], `alter foreign table ${name} options (set t 'y')`);
  draft.mutation(['semantic', 'server'], `alter server ${server} options (set host 'i')`);
  draft.mutation(['semantic', 'foreign data wrapper'], `alter foreign data wrapper ${wrapper} options (drop a)`);
  draft.mutation(['semantic', 'column'], `alter foreign table ${name} alter a options (set o 'changed')`);
  draft.mutation(['semantic', 'user mapping'], `create user mapping for ${draft.role} server ${server}`);
}

export function addDefaultPrivileges(draft: Draft, dice: Dice): void {
  const what = dice.pick(['select on tables', 'execute on functions', 'usage on types', 'usage on sequences']);
  draft.add(`alter default privileges in schema ${draft.schema} grant ${what} to ${draft.role}`);
  // A second one may have given the same.
  draft.mutation(['security', 'default privileges'], `alter default privileges in schema ${draft.schema} grant ${what} to ${draft.other}`);
  draft.mutation(
    ['security', 'default privileges'],
    `alter default privileges for role ${draft.role} in schema ${draft.schema} grant ${what} to ${draft.other}`,
  );
}

export function addOperator(draft: Draft, dice: Dice): void {
  const symbol = dice.pick(['===', '<~>', '|+|', '#-#']);
  const name = `${draft.schema}.${symbol}`;
  if (draft.statements.some((sql) => sql.startsWith(`create operator ${name} `))) return;
  draft.add(`create operator ${name} (leftarg = integer, rightarg = integer, function = int4eq${dice.pick(['', ', restrict = eqsel', ', hashes, merges'])})`);
  draft.describe('operator', `operator ${name} (integer, integer)`);
  draft.mutation(['security', 'operator'], `alter operator ${name} (integer, integer) owner to ${draft.other}`);
  draft.mutation(['semantic', 'operator'], `drop operator ${name} (integer, integer)`);
}

export function addTextSearch(draft: Draft, dice: Dice): void {
  const dictionary = draft.qualified(dice);
  const configuration = draft.qualified(dice);
  draft.add(`create text search dictionary ${dictionary} (template = simple, accept = false)`);
  draft.add(
    `create text search configuration ${configuration} (copy = pg_catalog.simple); alter text search configuration ${configuration} alter mapping for email with ${dictionary}, simple`,
  );
  draft.describe('text search configuration', `text search configuration ${configuration}`);
  draft.describe('text search dictionary', `text search dictionary ${dictionary}`);
  draft.mutation(['semantic', 'text search dictionary'], `alter text search dictionary ${dictionary} (accept = true)`);
  draft.mutation(['semantic', 'text search configuration'], `alter text search configuration ${configuration} drop mapping for email`);
}
