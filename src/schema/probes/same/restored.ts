import type { SamePair } from '../probe.ts';

const call = 'execute function suppress_redundant_updates_trigger()';
/** `in ('x', 'y')` on a varchar, as a server writes it once it was restored. */
const restored = (column: string) => `(${column})::text = any ((array['x'::character varying, 'y'::character varying])::text[])`;

/** Expressions that a server writes otherwise once they were restored. */
export const sameRestored: readonly SamePair[] = [
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
];
