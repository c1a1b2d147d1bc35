import type { SamePair } from '../probe.ts';

const call = 'execute function suppress_redundant_updates_trigger()';

/** Partitions and children made by other steps. */
export const samePartitions: readonly SamePair[] = [
  {
    name: 'ATTACH and PARTITION OF',
    both: 'create table t (a int) partition by list (a);',
    left: 'create table c (a int); alter table t attach partition c for values in (1)',
    right: 'create table c partition of t for values in (1)',
  },
  {
    name: 'hole in a partition',
    both: 'create table t (a int, b text) partition by list (a);',
    left: 'create table c (x int, a int, y int, b text); alter table c drop x, drop y; alter table t attach partition c default',
    right: 'create table c partition of t default',
  },
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
    name: 'trigger of a partition, attached',
    both: `create table t (a int) partition by list (a);`,
    left: `create table c (a int); alter table t attach partition c default; create trigger g after update on t for each row ${call}`,
    right: `create trigger g after update on t for each row ${call}; create table c partition of t default`,
  },
  {
    name: 'inheritance taken back',
    both: 'create table p (a int); create table c (a int);',
    left: 'alter table c inherit p; alter table c no inherit p',
    right: '',
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
];
