import type { Probe } from './probe.ts';
import { sqlFunction as f, foreignServer as server, table as t } from './samples.ts';

/** Kind, SQL that makes one, and how COMMENT calls it. */
const commented: readonly (readonly [kind: string, make: string, on: string, property?: string])[] = [
  ['view', 'create view v as select 1 as a;', 'view v'],
  ['materialized view', 'create materialized view m as select 1 as a;', 'materialized view m'],
  ['foreign table', `${server} create foreign table ft (a int) server s_$s;`, 'foreign table ft'],
  ['sequence', 'create sequence q;', 'sequence q'],
  ['index', `${t} create index i on t (a);`, 'index i'],
  ['procedure', 'create procedure p() language sql as $f$ select 1 $f$;', 'procedure p()'],
  ['aggregate', 'create aggregate g(int) (sfunc = int4pl, stype = int);', 'aggregate g(int)'],
  ['type', "create type e as enum ('a');", 'type e'],
  ['domain', 'create domain d as int;', 'domain d'],
  ['rule', `${t} create rule r as on delete to t do instead nothing;`, 'rule r on t'],
  ['operator', 'create operator === (leftarg = int, rightarg = int, function = int4eq);', 'operator ===(int, int)'],
  ['operator class', 'create operator class c for type int using btree as operator 1 <, function 1 btint4cmp(int, int);', 'operator class c using btree'],
  ['operator family', 'create operator family fam using btree;', 'operator family fam using btree'],
  ['cast', "create type e as enum ('a'); create cast (e as int) with inout;", 'cast (e as int)'],
  [
    'transform',
    "create type e as enum ('a'); create transform for e language sql (from sql with function pg_catalog.prsd_lextype(internal));",
    'transform for e language sql',
  ],
  ['conversion', "create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;", 'conversion c'],
  ['collation', "create collation k (provider = libc, locale = 'C');", 'collation k'],
  [
    'language',
    "create function h() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler'; create language l_$s handler h;",
    'language l_$s',
  ],
  ['access method', 'create access method a_$s type index handler bthandler;', 'access method a_$s'],
  [
    'text search parser',
    'create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);',
    'text search parser p',
  ],
  ['text search template', 'create text search template x (lexize = dsimple_lexize);', 'text search template x'],
  ['text search dictionary', 'create text search dictionary d (template = simple);', 'text search dictionary d'],
  ['text search configuration', 'create text search configuration c (copy = simple);', 'text search configuration c'],
  ['statistics', 'create table t (a int, b int); create statistics x on a, b from t;', 'statistics x'],
  [
    'event trigger',
    "create function e() returns event_trigger language plpgsql as 'begin end'; create event trigger e_$s on sql_drop execute function e();",
    'event trigger e_$s',
  ],
  ['publication', 'create publication p_$s;', 'publication p_$s'],
  ['foreign data wrapper', 'create foreign data wrapper w_$s;', 'foreign data wrapper w_$s'],
  ['server', server, 'server s_$s'],
];

export const commentProbes: readonly Probe[] = [
  { name: 'comment on a table', expect: ['comment', 'table', 'comment'], both: t, left: "comment on table t is 'x'" },
  {
    name: 'comment on a column',
    expect: ['comment', 'column', 'comment'],
    both: t,
    left: "comment on column t.a is 'x'",
    right: "comment on column t.a is 'y'",
  },
  { name: 'comment on a function', expect: ['comment', 'function', 'comment'], both: f('language sql'), left: "comment on function f(int) is 'x'" },
  {
    name: 'comment on a constraint',
    expect: ['comment', 'constraint', 'comment'],
    both: 'create table t (a int constraint k check (a > 0));',
    left: "comment on constraint k on t is 'x'",
  },
  {
    name: 'comment on a policy',
    expect: ['comment', 'policy', 'comment'],
    both: `${t} create policy p on t using (a > 0);`,
    left: "comment on policy p on t is 'x'",
  },
  {
    name: 'comment on a trigger',
    expect: ['comment', 'trigger', 'comment'],
    both: `${t} create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();`,
    left: "comment on trigger g on t is 'x'",
  },
  {
    name: 'comment on an attribute',
    expect: ['comment', 'type', 'attribute a comment'],
    both: 'create type c as (a int);',
    left: "comment on column c.a is 'x'",
  },
  { name: 'comment on a schema', expect: ['comment', 'schema', 'comment'], left: "comment on schema $s is 'x'" },
  {
    name: 'comment on a domain constraint',
    expect: ['comment', 'domain', 'constraint k comment'],
    both: 'create domain d as int constraint k check (value > 0);',
    left: "comment on constraint k on domain d is 'x'",
  },
  ...commented.map(
    ([kind, make, on, property = 'comment']): Probe => ({
      name: `comment on ${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind.replace('named ', '')}`,
      expect: ['comment', kind, property],
      both: make,
      left: `comment on ${on} is 'x'`,
    }),
  ),
  {
    name: 'comment’s text',
    expect: ['comment', 'table', 'comment'],
    both: t,
    left: "comment on table t is E'one\\n-- two'",
    right: "comment on table t is E'one\\n-- three'",
  },
  {
    name: 'comment on a view’s column',
    expect: ['comment', 'column', 'comment'],
    both: `${t} create view v as select a from t;`,
    left: "comment on column v.a is 'x'",
  },
  {
    name: 'comment on a key',
    expect: ['comment', 'constraint', 'comment'],
    both: 'create table t (a int constraint k primary key);',
    left: "comment on constraint k on t is 'x'",
  },
  {
    name: 'comment on a key’s index',
    expect: ['comment', 'constraint', '(index )?comment'],
    both: 'create table t (a int constraint k primary key);',
    left: "comment on index k is 'x'",
  },
  {
    name: 'comment on a NOT NULL',
    expect: ['comment', 'constraint', 'comment'],
    both: 'create table t (a int constraint k not null);',
    left: "comment on constraint k on t is 'x'",
    since: 18,
  },
  {
    name: 'comment on the sequence of an identity column',
    expect: ['comment', 'column', 'identity sequence comment'],
    both: 'create table t (a int generated always as identity);',
    left: "comment on sequence t_a_seq is 'x'",
  },
];
