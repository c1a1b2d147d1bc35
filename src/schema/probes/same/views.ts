import type { SamePair } from '../probe.ts';

/** Views made by other steps. */
export const sameViews: readonly SamePair[] = [
  {
    name: 'view replaced',
    left: 'create table t (a int, b int); create view v as select a from t; create or replace view v as select a, b from t',
    right: 'create table t (a int, b int); create view v as select a, b from t',
  },
  {
    name: 'order of parameters of a view',
    left: 'create view v with (security_barrier, security_invoker) as select 1 as a',
    right: 'create view v with (security_invoker = true, security_barrier = true) as select 1 as a',
  },
  { name: 'view’s column renamed', left: 'create view v as select 1 as x; alter view v rename column x to a', right: 'create view v as select 1 as a' },
  {
    name: 'materialized view filled later',
    left: 'create materialized view m as select 1 as a with no data; refresh materialized view m',
    right: 'create materialized view m as select 1 as a',
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
];
