import type { SamePair } from '../probe.ts';

/** Tables, indexes and what is in no table, made by other steps. */
export const sameTables: readonly SamePair[] = [
  {
    name: 'creation order',
    left: 'create table t (a int); create table u (a int); create index i on t (a); create index j on t (a)',
    right: 'create table u (a int); create table t (a int); create index j on t (a); create index i on t (a)',
  },
  {
    name: 'order of parameters',
    left: 'create table t (a int) with (fillfactor = 70, autovacuum_enabled = false)',
    right: 'create table t (a int) with (autovacuum_enabled = false, fillfactor = 70)',
  },
  {
    name: 'index renamed into place',
    left: 'create table t (a int); create index x on t (a); alter index x rename to i',
    right: 'create table t (a int); create index i on t (a)',
  },
  {
    name: 'DEFAULT NULL with a type',
    left: 'create table t (a varchar(9) default null)',
    right: 'create table t (a varchar(9) default null::character varying)',
  },
  {
    name: 'order of parameters of an index',
    both: 'create table t (a int);',
    left: 'create index i on t (a) with (fillfactor = 70, deduplicate_items = off)',
    right: 'create index i on t (a) with (deduplicate_items = off, fillfactor = 70)',
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
    name: 'comment given and taken',
    both: 'create table t (a int);',
    left: "comment on table t is 'x'; comment on table t is null; comment on column t.a is 'y'; comment on column t.a is ''",
    right: '',
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
    name: 'table left and joined by its extension',
    extension: 'seg',
    both: 'create extension if not exists seg; create table t (a int); alter extension seg add table t;',
    left: 'alter extension seg drop table t; alter extension seg add table t',
    right: '',
  },
];
