import type { SamePair } from '../probe.ts';

/** Constraints made by other steps. */
export const sameConstraints: readonly SamePair[] = [
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
    name: 'foreign key named by the server',
    left: 'create table u (a int primary key); create table t (a int references u)',
    right: 'create table u (a int primary key); create table t (a int); alter table t add foreign key (a) references u',
  },
  {
    name: 'constraint renamed into place',
    left: 'create table t (a int unique, constraint x check (a > 0)); alter table t rename constraint x to c; alter table t rename constraint t_a_key to u',
    right: 'create table t (a int constraint u unique, constraint c check (a > 0))',
  },
  {
    name: 'unique constraint using an index',
    left: 'create table t (a int); create unique index k on t (a); alter table t add constraint k unique using index k',
    right: 'create table t (a int constraint k unique)',
  },
  {
    name: 'foreign key to a partitioned table',
    left: 'create table t (a int primary key) partition by list (a); create table r (a int constraint k references t); create table c partition of t default',
    right: 'create table t (a int primary key) partition by list (a); create table c partition of t default; create table r (a int constraint k references t)',
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
    name: 'not null constraint not valid, then validated',
    left: 'create table t (a int); alter table t add constraint t_a_not_null not null a not valid; alter table t validate constraint t_a_not_null',
    right: 'create table t (a int not null)',
    since: 18,
  },
];
