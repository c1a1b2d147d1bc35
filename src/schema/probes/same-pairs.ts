import type { SamePair } from './probe.ts';

/** Pairs of ways that lead to the same schema. */
export const samePairs: readonly SamePair[] = [
  {
    name: 'creation order',
    left: 'create table t (a int); create table u (a int); create index i on t (a); create index j on t (a)',
    right: 'create table u (a int); create table t (a int); create index j on t (a); create index i on t (a)',
  },
  {
    name: 'order of grants',
    both: 'create table t (a int);',
    left: 'grant select on t to $role; grant insert on t to $other',
    right: 'grant insert on t to $other; grant select on t to $role',
  },
  {
    name: 'grants of one role in two steps',
    both: 'create table t (a int);',
    left: 'grant select, insert on t to $role',
    right: 'grant insert on t to $role; grant select on t to $role',
  },
  { name: 'ACL null and default ACL', both: 'create table t (a int);', left: 'grant select on t to $role; revoke select on t from $role', right: '' },
  {
    name: 'default ACL of a function',
    both: 'create function f() returns int language sql as $$select 1$$;',
    left: 'revoke all on function f() from public; grant execute on function f() to public',
    right: '',
  },
  {
    name: 'order of parameters',
    left: 'create table t (a int) with (fillfactor = 70, autovacuum_enabled = false)',
    right: 'create table t (a int) with (autovacuum_enabled = false, fillfactor = 70)',
  },
  {
    name: 'order of a policy’s roles',
    both: 'create table t (a int);',
    left: 'create policy p on t to $role, $other using (true)',
    right: 'create policy p on t to $other, $role using (true)',
  },
  { name: 'hole of a dropped column', left: 'create table t (x int, a int, b text); alter table t drop x', right: 'create table t (a int, b text)' },
  {
    name: 'enum grown with BEFORE',
    left: "create type e as enum ('a', 'c'); alter type e add value 'b' before 'c'",
    right: "create type e as enum ('a', 'b', 'c')",
  },
  {
    name: 'ATTACH and PARTITION OF',
    both: 'create table t (a int) partition by list (a);',
    left: 'create table c (a int); alter table t attach partition c for values in (1)',
    right: 'create table c partition of t for values in (1)',
  },
  {
    name: 'sequence of an identity column',
    left: 'create sequence t_a_seq; create table t (a int generated always as identity)',
    right:
      'create table t (a int generated always as identity); create sequence t_a_seq1; alter sequence t_a_seq rename to x; alter sequence t_a_seq1 rename to t_a_seq; alter sequence x rename to t_a_seq1',
  },
  { name: 'NOT NULL added later', left: 'create table t (a int); alter table t alter a set not null', right: 'create table t (a int not null)' },
  { name: 'default set later', left: "create table t (a text); alter table t alter a set default 'x'", right: "create table t (a text default 'x')" },
  { name: 'column added later', left: 'create table t (a int); alter table t add b text', right: 'create table t (a int, b text)' },
  {
    name: 'constraint in the table and added',
    left: 'create table t (a int, constraint c check (a > 0))',
    right: 'create table t (a int); alter table t add constraint c check (a > 0)',
  },
  {
    name: 'constraint validated later',
    left: 'create table t (a int); alter table t add constraint c check (a > 0) not valid; alter table t validate constraint c',
    right: 'create table t (a int, constraint c check (a > 0))',
  },
  {
    name: 'primary key using an index',
    left: 'create table t (a int not null); create unique index k on t (a); alter table t add constraint k primary key using index k',
    right: 'create table t (a int constraint k primary key)',
  },
  {
    name: 'another tag around the body',
    left: 'create function f() returns int language sql as $a$select 1$a$',
    right: "create function f() returns int language sql as 'select 1'",
  },
  {
    name: 'type changed and changed back',
    left: 'create table t (a int); alter table t alter a type bigint; alter table t alter a type int',
    right: 'create table t (a int)',
  },
  {
    name: 'index renamed into place',
    left: 'create table t (a int); create index x on t (a); alter index x rename to i',
    right: 'create table t (a int); create index i on t (a)',
  },
  {
    name: 'view replaced',
    left: 'create table t (a int, b int); create view v as select a from t; create or replace view v as select a, b from t',
    right: 'create table t (a int, b int); create view v as select a, b from t',
  },
  {
    name: 'trigger disabled and enabled',
    both: 'create table t (a int); create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();',
    left: 'alter table t disable trigger g; alter table t enable trigger g',
    right: '',
  },
  {
    name: 'statistics target reset',
    both: 'create table t (a int);',
    left: 'alter table t alter a set statistics 10; alter table t alter a set statistics -1',
    right: '',
  },
  {
    name: 'row security switched on and off',
    both: 'create table t (a int);',
    left: 'alter table t enable row level security; alter table t disable row level security',
    right: '',
  },
  {
    name: 'foreign key named by the server',
    left: 'create table u (a int primary key); create table t (a int references u)',
    right: 'create table u (a int primary key); create table t (a int); alter table t add foreign key (a) references u',
  },
  {
    name: 'IN list on varchar, restored',
    left: "create table t (a varchar(9)); alter table t add constraint c check (a in ('x', 'y'))",
    right:
      "create table t (a varchar(9)); alter table t add constraint c check (((a)::text = any ((array['x'::character varying, 'y'::character varying])::text[])))",
    deparse: true,
  },
  {
    name: 'IN list on varchar in an index, restored',
    left: "create table t (a varchar(9)); create index i on t (a) where a in ('x', 'y')",
    right: "create table t (a varchar(9)); create index i on t (a) where ((a)::text = any ((array['x'::character varying, 'y'::character varying])::text[]))",
    deparse: true,
  },
  {
    name: 'BETWEEN, restored',
    left: 'create table t (a int); alter table t add constraint c check (a between 1 and 5 and a is not null)',
    right: 'create table t (a int); alter table t add constraint c check ((((a >= 1) and (a <= 5)) and (a is not null)))',
    deparse: true,
  },
  {
    name: 'IN list on varchar in a policy, restored',
    left: "create table t (a varchar(9)); create policy p on t using (a in ('x', 'y'))",
    right: "create table t (a varchar(9)); create policy p on t using (((a)::text = any ((array['x'::character varying, 'y'::character varying])::text[])))",
    deparse: true,
  },
  {
    name: 'IN list on varchar in a view, restored',
    left: "create table t (a varchar(9)); create view v as select a from t where a in ('x', 'y')",
    right:
      "create table t (a varchar(9)); create view v as select a from t where ((a)::text = any ((array['x'::character varying, 'y'::character varying])::text[]))",
    deparse: true,
  },
  {
    name: 'DEFAULT NULL with a type',
    left: 'create table t (a varchar(9) default null)',
    right: 'create table t (a varchar(9) default null::character varying)',
  },
];
