import type { SamePair } from './probe.ts';

const call = 'execute function suppress_redundant_updates_trigger()';
/** `in ('x', 'y')` on a varchar, as a server writes it once it was restored. */
const restored = (column: string) => `(${column})::text = any ((array['x'::character varying, 'y'::character varying])::text[])`;
/** All that speaks of a table's columns by their numbers. */
const around = `alter table t add constraint k primary key (b, a); create index i on t (b) include (a); create unique index j on t ((a + b)) where b > 1;
  create table r (b int, a int, constraint f foreign key (b, a) references t (b, a)); create statistics x on a, b from t; grant select (b) on t to $role;
  create trigger g before update of b on t for each row ${call}; create view v as select b, a from t; create policy p on t using (b > 0);
  create publication p_$s for table t (b, a); comment on column t.b is 'x'; alter table t alter b set statistics 7; alter table t replica identity using index k`;

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
  { name: 'default ACL of a schema', left: 'grant usage on schema $s to $role; revoke usage on schema $s from $role', right: '' },
  {
    name: 'default ACL of a type',
    both: "create type e as enum ('a');",
    left: 'revoke usage on type e from public; grant usage on type e to public',
    right: '',
  },
  { name: 'default ACL of a sequence', both: 'create sequence q;', left: 'grant usage on sequence q to $role; revoke all on sequence q from $role', right: '' },
  {
    name: 'right on a column given and taken',
    both: 'create table t (a int);',
    left: 'grant select (a) on t to $role; revoke select (a) on t from $role',
    right: '',
  },
  {
    name: 'rights on columns in two steps',
    both: 'create table t (a int, b int);',
    left: 'grant select (a, b), update (b) on t to $role',
    right: 'grant update (b) on t to $role; grant select (b) on t to $role; grant select (a) on t to $role',
  },
  {
    name: 'ALL and a list',
    both: 'create sequence q;',
    left: 'grant all on sequence q to $role',
    right: 'grant update on sequence q to $role; grant usage, select on sequence q to $role',
  },
  {
    name: 'owner changed and changed back',
    both: 'create table t (a serial);',
    left: 'alter table t owner to $role; alter table t owner to current_user',
    right: '',
  },
  { name: 'owner’s rights written out', both: 'create table t (a int);', left: 'grant all on t to current_user', right: '' },
  {
    name: 'default privileges given and taken',
    left: 'alter default privileges in schema $s grant select on tables to $role; alter default privileges in schema $s revoke select on tables from $role',
    right: '',
  },
  {
    name: 'order of parameters of an index',
    both: 'create table t (a int);',
    left: 'create index i on t (a) with (fillfactor = 70, deduplicate_items = off)',
    right: 'create index i on t (a) with (deduplicate_items = off, fillfactor = 70)',
  },
  {
    name: 'order of parameters of a view',
    left: 'create view v with (security_barrier, security_invoker) as select 1 as a',
    right: 'create view v with (security_invoker = true, security_barrier = true) as select 1 as a',
  },
  {
    name: 'parameter set and reset',
    both: 'create table t (a text);',
    left: 'alter table t set (fillfactor = 70, toast.autovacuum_enabled = off); alter table t reset (fillfactor, toast.autovacuum_enabled)',
    right: '',
  },
  {
    name: 'order of options',
    both: 'create foreign data wrapper w_$s;',
    left: "create server s_$s foreign data wrapper w_$s options (a '1', b '2')",
    right: "create server s_$s foreign data wrapper w_$s options (b '2', a '1')",
  },
  {
    name: 'holes below keys, triggers, rights and views',
    left: `create table t (x int, a int, y int, b int check (b > 0), c int generated always as (a + b) stored); alter table t drop x, drop y; ${around}`,
    right: `create table t (a int, b int check (b > 0), c int generated always as (a + b) stored); ${around}`,
  },
  {
    name: 'hole in a partition',
    both: 'create table t (a int, b text) partition by list (a);',
    left: 'create table c (x int, a int, y int, b text); alter table c drop x, drop y; alter table t attach partition c default',
    right: 'create table c partition of t default',
  },
  { name: 'hole in a composite type', left: 'create type c as (x int, a int); alter type c drop attribute x', right: 'create type c as (a int)' },
  {
    name: 'partition detached and attached',
    both: 'create table t (a int primary key, b int references t) partition by list (a); create index on t (b); create table c partition of t for values in (1);',
    left: 'alter table t detach partition c; alter table t attach partition c for values in (1)',
    right: '',
  },
  {
    name: 'partitioned index from its parts',
    both: 'create table t (a int) partition by list (a); create table c partition of t default;',
    left: 'create index i on only t (a); create index c_a_idx on c (a); alter index i attach partition c_a_idx',
    right: 'create index i on t (a)',
  },
  {
    name: 'partition of a partition, the other way round',
    left: 'create table t (a int, b int) partition by list (a); create table c partition of t for values in (1) partition by list (b); create table d partition of c default',
    right:
      'create table d (a int, b int); create table c (a int, b int) partition by list (b); alter table c attach partition d default; create table t (a int, b int) partition by list (a); alter table t attach partition c for values in (1)',
  },
  {
    name: 'serial and its parts',
    left: 'create table t (a serial)',
    right: "create sequence t_a_seq as int; create table t (a int not null default nextval('t_a_seq')); alter sequence t_a_seq owned by t.a",
  },
  {
    name: 'identity added later',
    left: 'create table t (a int not null); alter table t alter a add generated always as identity',
    right: 'create table t (a int generated always as identity)',
  },
  {
    name: 'identity of another kind first',
    left: 'create table t (a int generated by default as identity); alter table t alter a set generated always',
    right: 'create table t (a int generated always as identity)',
  },
  {
    name: 'table renamed into place',
    left: 'create table x (a int primary key, b serial); alter table x rename to t; alter index x_pkey rename to t_pkey; alter sequence x_b_seq rename to t_b_seq',
    right: 'create table t (a int primary key, b serial)',
    until: 17,
  },
  {
    name: 'table renamed into place, with the names of its NOT NULLs',
    left: 'create table x (a int primary key, b serial); alter table x rename to t; alter index x_pkey rename to t_pkey; alter sequence x_b_seq rename to t_b_seq; alter table t rename constraint x_a_not_null to t_a_not_null; alter table t rename constraint x_b_not_null to t_b_not_null',
    right: 'create table t (a int primary key, b serial)',
    since: 18,
  },
  {
    name: 'column renamed into place',
    left: 'create table t (x int, constraint k check (x > 0)); create index i on t (x); create view v as select x as a from t; alter table t rename x to a',
    right: 'create table t (a int, constraint k check (a > 0)); create index i on t (a); create view v as select a from t',
  },
  { name: 'view’s column renamed', left: 'create view v as select 1 as x; alter view v rename column x to a', right: 'create view v as select 1 as a' },
  {
    name: 'function renamed into place',
    left: 'create function x() returns int language sql as $$select 1$$; alter function x() rename to f',
    right: 'create function f() returns int language sql as $$select 1$$',
  },
  {
    name: 'constraint renamed into place',
    left: 'create table t (a int unique, constraint x check (a > 0)); alter table t rename constraint x to c; alter table t rename constraint t_a_key to u',
    right: 'create table t (a int constraint u unique, constraint c check (a > 0))',
  },
  {
    name: 'moved to the schema',
    both: 'create schema $s_b;',
    left: 'create table $s_b.t (a int primary key, b serial); alter table $s_b.t set schema $s',
    right: 'create table t (a int primary key, b serial)',
  },
  {
    name: 'schema renamed',
    left: 'create schema $s_x; create table $s_x.t (a int primary key); create view $s_x.v as select a from $s_x.t; alter schema $s_x rename to $s_y',
    right: 'create schema $s_y; create table $s_y.t (a int primary key); create view $s_y.v as select a from $s_y.t',
  },
  {
    name: 'unique constraint using an index',
    left: 'create table t (a int); create unique index k on t (a); alter table t add constraint k unique using index k',
    right: 'create table t (a int constraint k unique)',
  },
  {
    name: 'names of types',
    left: 'create table t (a int4, b varchar(5), c decimal(5, 2), d timestamptz, e float(24), f bool, g char)',
    right: 'create table t (a integer, b character varying(5), c numeric(5, 2), d timestamp with time zone, e real, f boolean, g character(1))',
  },
  { name: 'dimensions of an array', left: 'create table t (a int[][], b int array[3])', right: 'create table t (a int[], b int[])' },
  { name: 'the default collation', left: 'create table t (a text collate "default")', right: 'create table t (a text)' },
  {
    name: 'a default with its type',
    left: "create table t (a text default 'x', b int default 1)",
    right: "create table t (a text default 'x'::text, b int default (1))",
  },
  { name: 'a default of NULL', left: 'create table t (a int default null, b text default null)', right: 'create table t (a int, b text)' },
  {
    name: 'default set and dropped',
    left: 'create table t (a int); alter table t alter a set default 5; alter table t alter a drop default',
    right: 'create table t (a int)',
  },
  {
    name: 'NOT NULL by the key and written out',
    left: 'create table t (a int primary key)',
    right: 'create table t (a int not null); alter table t add primary key (a)',
  },
  {
    name: 'NOT NULL dropped and set',
    left: 'create table t (a int not null); alter table t alter a drop not null; alter table t alter a set not null',
    right: 'create table t (a int not null)',
  },
  {
    name: 'storage changed and changed back',
    left: 'create table t (a text); alter table t alter a set storage plain; alter table t alter a set storage extended',
    right: 'create table t (a text)',
  },
  {
    name: 'compression set to the default',
    left: 'create table t (a text compression pglz); alter table t alter a set compression default',
    right: 'create table t (a text)',
  },
  {
    name: 'clustered and no longer',
    both: 'create table t (a int primary key);',
    left: 'alter table t cluster on t_pkey; alter table t set without cluster',
    right: '',
  },
  {
    name: 'replica identity changed and changed back',
    both: 'create table t (a int primary key);',
    left: 'alter table t replica identity full; alter table t replica identity default',
    right: '',
  },
  { name: 'unlogged and logged again', left: 'create unlogged table t (a int); alter table t set logged', right: 'create table t (a int)' },
  {
    name: 'column added with a default to rows',
    left: 'create table t (a int); insert into t values (1); alter table t add b int default 5',
    right: 'create table t (a int, b int default 5)',
  },
  {
    name: 'comment given and taken',
    both: 'create table t (a int);',
    left: "comment on table t is 'x'; comment on table t is null; comment on column t.a is 'y'; comment on column t.a is ''",
    right: '',
  },
  {
    name: 'words of a function',
    left: 'create function f(int) returns int language sql strict immutable security invoker as $$select 1$$',
    right: 'create function f(integer) returns int4 immutable returns null on null input language sql cost 100 parallel unsafe not leakproof as $$select 1$$',
  },
  {
    name: 'function replaced',
    left: 'create function f() returns int language sql stable as $$select 2$$; create or replace function f() returns int language sql as $$select 1$$',
    right: 'create function f() returns int language sql as $$select 1$$',
  },
  {
    name: 'setting of a function by TO and by =',
    left: "create function f() returns int language sql set search_path to 'x', y as $$select 1$$",
    right: "create function f() returns int language sql set search_path = x, 'y' as $$select 1$$",
  },
  {
    name: 'order of a trigger’s events',
    both: `create table t (a int);`,
    left: `create trigger g before insert or update on t for each row ${call}`,
    right: `create trigger g before update or insert on t for each row ${call}`,
  },
  {
    name: 'trigger replaced',
    both: 'create table t (a int);',
    left: `create trigger g after delete on t for each row ${call}; create or replace trigger g before update on t for each row ${call}`,
    right: `create trigger g before update on t for each row ${call}`,
  },
  {
    name: 'trigger of a partition, attached',
    both: `create table t (a int) partition by list (a);`,
    left: `create table c (a int); alter table t attach partition c default; create trigger g after update on t for each row ${call}`,
    right: `create trigger g after update on t for each row ${call}; create table c partition of t default`,
  },
  {
    name: 'foreign key to a partitioned table',
    left: 'create table t (a int primary key) partition by list (a); create table r (a int constraint k references t); create table c partition of t default',
    right: 'create table t (a int primary key) partition by list (a); create table c partition of t default; create table r (a int constraint k references t)',
  },
  {
    name: 'materialized view filled later',
    left: 'create materialized view m as select 1 as a with no data; refresh materialized view m',
    right: 'create materialized view m as select 1 as a',
  },
  {
    name: 'parameters of a sequence written out',
    left: 'create sequence q',
    right: 'create sequence q as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle owned by none',
  },
  { name: 'value of a sequence', both: 'create sequence q;', left: "select nextval('q'), nextval('q')", right: "select setval('q', 99)" },
  {
    name: 'order of a domain’s checks',
    left: 'create domain d as int constraint k check (value > 0) constraint l check (value < 9)',
    right: 'create domain d as int; alter domain d add constraint l check (value < 9); alter domain d add constraint k check (value > 0)',
  },
  {
    name: 'domain’s NOT NULL later',
    left: 'create domain d as int; alter domain d set not null; alter domain d set default 5',
    right: 'create domain d as int default 5 not null',
  },
  {
    name: 'order of statistics’ columns and kinds',
    both: 'create table t (a int, b int);',
    left: 'create statistics x (mcv, ndistinct) on b, a from t',
    right: 'create statistics x (ndistinct, mcv) on a, b from t',
  },
  {
    name: 'order of a publication’s tables and columns',
    both: 'create table t (a int, b int); create table u (a int);',
    left: 'create publication p_$s for table t (a, b), u',
    right: 'create publication p_$s for table u; alter publication p_$s add table t (b, a)',
  },
  {
    name: 'order of a publication’s operations',
    left: "create publication p_$s with (publish = 'insert, delete')",
    right: "create publication p_$s with (publish = 'delete, insert')",
  },
  {
    name: 'order of an operator family’s members',
    both: 'create operator family fam using btree;',
    left: 'alter operator family fam using btree add operator 1 < (int, int8), operator 3 = (int, int8), function 1 btint48cmp(int, int8)',
    right:
      'alter operator family fam using btree add function 1 btint48cmp(int, int8), operator 3 = (int, int8); alter operator family fam using btree add operator 1 < (int, int8)',
  },
  {
    name: 'operator family made with its class',
    left: 'create operator class c for type int using btree as operator 1 <, operator 3 =, function 1 btint4cmp(int, int)',
    right:
      'create operator family c using btree; create operator class c for type int using btree family c as operator 1 <, operator 3 =, function 1 btint4cmp(int, int)',
  },
  {
    name: 'text search mappings in steps',
    left: 'create text search configuration c (copy = simple)',
    right:
      'create text search configuration c (copy = simple); alter text search configuration c drop mapping for email; alter text search configuration c add mapping for email with simple',
  },
  {
    name: 'unvalidated foreign key validated',
    both: 'create table t (a int primary key); create table r (a int);',
    left: 'alter table r add constraint k foreign key (a) references t not valid; alter table r validate constraint k',
    right: 'alter table r add constraint k foreign key (a) references t',
  },
  {
    name: 'triggers of a foreign key off and on',
    both: 'create table t (a int primary key); create table r (a int constraint k references t);',
    left: 'alter table r disable trigger all; alter table r enable trigger all',
    right: '',
  },
  {
    name: 'inheritance taken back',
    both: 'create table p (a int); create table c (a int);',
    left: 'alter table c inherit p; alter table c no inherit p',
    right: '',
  },
  {
    name: 'type of a view’s expression',
    left: "create view v as select 'x'::text as a, 1::bigint as b",
    right: "create view v as select cast('x' as text) as a, cast(1 as int8) as b",
  },
  {
    name: 'join written otherwise',
    both: 'create table t (a int);',
    left: 'create view v as select x.a from t x inner join t y on x.a = y.a',
    right: 'create view v as select x.a from t as x join t as y on (x.a = y.a)',
  },
  {
    name: 'not null constraint not valid, then validated',
    left: 'create table t (a int); alter table t add constraint t_a_not_null not null a not valid; alter table t validate constraint t_a_not_null',
    right: 'create table t (a int not null)',
    since: 18,
  },
  {
    name: 'virtual is the default',
    left: 'create table t (a int, b int generated always as (a + 1))',
    right: 'create table t (a int, b int generated always as (a + 1) virtual)',
    since: 18,
  },
  {
    name: 'IN list on varchar in a domain, restored',
    left: "create domain d as varchar(9) constraint k check (value in ('x', 'y'))",
    right: `create domain d as varchar(9) constraint k check (${restored('value')})`,
    deparse: true,
  },
  {
    name: 'IN list on varchar in a trigger, restored',
    left: `create table t (a varchar(9)); create trigger g before update on t for each row when (new.a in ('x', 'y')) ${call}`,
    right: `create table t (a varchar(9)); create trigger g before update on t for each row when (${restored('new.a')}) ${call}`,
    deparse: true,
  },
  {
    name: 'IN list on varchar in a materialized view, restored',
    left: "create table t (a varchar(9)); create materialized view m as select a from t where a in ('x', 'y')",
    right: `create table t (a varchar(9)); create materialized view m as select a from t where ${restored('a')}`,
    deparse: true,
  },
  {
    name: 'IN list on varchar in a rule, restored',
    left: "create table t (a varchar(9)); create rule r as on delete to t where old.a in ('x', 'y') do instead nothing",
    right: `create table t (a varchar(9)); create rule r as on delete to t where ${restored('old.a')} do instead nothing`,
    deparse: true,
  },
  {
    name: 'IN list on varchar in a generated column, restored',
    left: "create table t (a varchar(9), b bool generated always as (a in ('x', 'y')) stored)",
    right: `create table t (a varchar(9), b bool generated always as (${restored('a')}) stored)`,
    deparse: true,
  },
  {
    name: 'BETWEEN in a published table’s filter, restored',
    left: 'create table t (a int primary key); create publication p_$s for table t where (a between 1 and 5 and a is not null)',
    right: 'create table t (a int primary key); create publication p_$s for table t where (a >= 1 and a <= 5 and a is not null)',
    deparse: true,
  },
  {
    name: 'BETWEEN in an exclusion constraint, restored',
    left: 'create table t (a int, r int4range, constraint x exclude using gist (r with &&) where (a between 1 and 5 and a is not null))',
    right: 'create table t (a int, r int4range, constraint x exclude using gist (r with &&) where (a >= 1 and a <= 5 and a is not null))',
    deparse: true,
  },
  {
    name: 'order of the columns of UPDATE OF',
    both: 'create table t (a int, b int);',
    left: `create trigger g before insert or update of a, b on t for each row ${call}`,
    right: `create trigger g before insert or update of b, a on t for each row ${call}`,
  },
  {
    name: 'order of a list partition’s values',
    both: 'create table t (a text) partition by list (a);',
    left: "create table c partition of t for values in ('a, b', 'it''s', E'x\\\\y', null, '(')",
    right: "create table c partition of t for values in (null, E'x\\\\y', '(', 'it''s', 'a, b')",
  },
  {
    name: 'check of a partition, attached',
    both: 'create table t (a int, constraint k check (a > 0)) partition by list (a);',
    left: 'create table c (a int, constraint k check (a > 0)); alter table t attach partition c default',
    right: 'create table c partition of t default',
  },
  {
    name: 'child that left its parent',
    left: 'create table p (a int, constraint k check (a > 0)); create table c () inherits (p); alter table c no inherit p',
    right: 'create table p (a int, constraint k check (a > 0)); create table c (a int, constraint k check (a > 0))',
  },
  {
    name: 'partition that was detached',
    left: 'create table p (a int, b int, constraint k check (a > 0)) partition by list (b); create index i on p (a); create table c partition of p for values in (1); alter table p detach partition c',
    right:
      'create table p (a int, b int, constraint k check (a > 0)) partition by list (b); create index i on p (a); create table c (a int, b int, constraint k check (a > 0)); create index c_a_idx on c (a)',
  },
  {
    name: 'table left and joined by its extension',
    extension: 'seg',
    both: 'create extension if not exists seg; create table t (a int); alter extension seg add table t;',
    left: 'alter extension seg drop table t; alter extension seg add table t',
    right: '',
  },
];
