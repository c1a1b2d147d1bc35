import type { Expectation, Probe } from './probe.ts';

const seg = 'create extension if not exists seg;';
/** A table that the extension brought along, as far as the server knows. */
const member = `${seg} create table t (a int not null, b text); alter extension seg add table t;`;
const trigger = 'create trigger g before update on t for each row execute function suppress_redundant_updates_trigger()';

/** What people add to the tables of an extension: no dump shows it, but for rights. */
const additions: readonly (readonly [what: string, expect: Expectation, sql: string, shown?: 'shown'])[] = [
  ['index', ['semantic', 'index', 'only-left'], 'create index i on t (a)'],
  ['key', ['semantic', 'constraint', 'only-left'], 'alter table t add constraint k unique (a)'],
  ['check', ['semantic', 'constraint', 'only-left'], 'alter table t add constraint k check (a > 0)'],
  ['trigger', ['semantic', 'trigger', 'only-left'], trigger],
  ['rule', ['semantic', 'rule', 'only-left'], 'create rule r as on delete to t do instead nothing'],
  ['policy', ['security', 'policy', 'only-left'], 'create policy p on t using (a > 0)'],
  ['row security', ['security', 'table', 'row security'], 'alter table t enable row level security'],
  ['default', ['semantic', 'column', 'default'], "alter table t alter b set default 'x'"],
  ['column', ['semantic', 'column', 'only-left'], 'alter table t add c int'],
  ['statistics', ['physical', 'statistics', 'only-left'], 'create statistics x on a, b from t'],
  ['parameter', ['physical', 'table', 'parameter fillfactor'], 'alter table t set (fillfactor = 70)'],
  ['owner', ['security', 'table', 'owner'], 'alter table t owner to $role'],
  ['comment', ['comment', 'table', 'comment'], "comment on table t is 'x'"],
  ['comment of a column', ['comment', 'column', 'comment'], "comment on column t.a is 'x'"],
  ['right', ['security', 'table', 'privileges'], 'grant select on t to $role', 'shown'],
];

/** Objects that go when an extension goes. */
const depending: readonly (readonly [kind: string, make: string, object: string, property?: string])[] = [
  ['function', 'create function f() returns int language sql as $$select 1$$;', 'function f()'],
  ['procedure', 'create procedure f() language sql as $$select 1$$;', 'procedure f()'],
  ['trigger', `create table t (a int); ${trigger};`, 'trigger g on t'],
  ['materialized view', 'create materialized view m as select 1 as a;', 'materialized view m'],
  ['index', 'create table t (a int); create index i on t (a);', 'index i'],
  ['constraint', 'create table t (a int constraint k unique);', 'index k', 'index '],
];

/** Extensions and what hangs on them; their presence, version and owner are properties of the database. */
export const extensionProbes: readonly Probe[] = [
  ...additions.map(
    ([what, expect, left, shown]): Probe => ({
      name: `${what} on a table of an extension`,
      expect,
      extension: 'seg',
      both: member,
      left,
      ...(shown === undefined && { onlyCatalog: true }),
    }),
  ),
  {
    name: 'table added to an extension',
    expect: ['semantic', 'table', 'extension'],
    also: [['security', 'table', 'owner']],
    extension: 'seg',
    both: `${seg} create table t (a int);`,
    left: 'alter extension seg add table t',
  },
  {
    name: 'materialized view added to an extension',
    expect: ['semantic', 'materialized view', 'extension'],
    also: [['security', 'materialized view', 'owner']],
    extension: 'seg',
    both: `${seg} create materialized view m as select 1 as a;`,
    left: 'alter extension seg add materialized view m',
  },
  {
    name: 'function added to an extension',
    expect: ['semantic', 'function', 'only-right'],
    extension: 'seg',
    both: `${seg} create function f() returns int language sql as $$select 1$$;`,
    left: 'alter extension seg add function f()',
  },
  ...depending.map(
    ([kind, make, object, prefix = '']): Probe => ({
      name: `${kind} depends on an extension`,
      expect: ['semantic', kind, `${prefix}depends on extension seg`],
      extension: 'seg',
      both: `${seg} ${make}`,
      left: `alter ${object} depends on extension seg`,
    }),
  ),
];
