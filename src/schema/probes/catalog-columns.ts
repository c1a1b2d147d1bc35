import type { Probe } from './probe.ts';

/** An aggregate that uses every kind of support function. */
const aggregate = `create aggregate g(numeric) (sfunc = numeric_avg_accum, stype = internal, finalfunc = numeric_avg, combinefunc = numeric_avg_combine,
  serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
  mfinalfunc = numeric_avg);`;

const aggregateColumns: readonly (readonly [what: string, change: string])[] = [
  ['serialisation', `aggserialfn = 'numeric_serialize'`],
  ['deserialisation', `aggdeserialfn = 'numeric_deserialize'`],
  ['final arguments', 'aggfinalextra = true'],
  ['final arguments of a moving', 'aggmfinalextra = true'],
  ['final function of a moving', `aggmfinalfn = 'numeric_sum'`],
  ['final change of a moving', `aggmfinalmodify = 's'`],
  ['function of a moving', `aggmtransfn = 'numeric_accum'`],
  ['space of a moving', 'aggmtransspace = 99'],
  ['type of a moving', `aggmtranstype = 'bytea'::regtype`],
  ['type', `aggtranstype = 'bytea'::regtype`],
];

/** What is left of the catalogs' columns once there is a probe for everything that statements can change by themselves. Some change the catalog. */
export const catalogProbes: readonly Probe[] = [
  ...aggregateColumns.map(
    ([what, change]): Probe => ({
      name: `column of an aggregate: ${what}`,
      expect: ['semantic', 'aggregate', 'definition'],
      both: aggregate,
      left: `update pg_aggregate set ${change} where aggfnoid = '$s.g'::regproc`,
    }),
  ),
  {
    name: 'hypothetical set',
    expect: ['semantic', 'aggregate', 'definition'],
    left: 'create aggregate g(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical)',
    right:
      'create aggregate g(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra)',
  },
  {
    name: 'direct arguments of an ordered set',
    expect: ['semantic', 'aggregate', 'arguments'],
    also: [['semantic', 'aggregate', 'definition']],
    both: 'create aggregate g(float8 order by float8) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_cont_float8_final);',
    left: `update pg_aggregate set aggnumdirectargs = 0 where aggfnoid = '$s.g'::regproc`,
  },
  {
    name: 'operator of a family for order',
    expect: ['semantic', 'operator family', 'operator 1'],
    both: 'create operator family f_$s using gist; alter operator family f_$s using gist add operator 1 << (point, point);',
    left: `update pg_amop set amoppurpose = 'o', amopsortfamily = (select f.oid from pg_opfamily f join pg_am a on a.oid = f.opfmethod where f.opfname = 'float_ops' and a.amname = 'btree')
      where amopfamily = (select oid from pg_opfamily where opfname = 'f_$s')`,
  },
  {
    name: 'conversion to another encoding',
    expect: ['semantic', 'conversion', 'definition'],
    left: `create conversion c for 'UTF8' to 'LATIN2' from utf8_to_iso8859`,
    right: `create conversion c for 'UTF8' to 'LATIN3' from utf8_to_iso8859`,
  },
  {
    name: 'check of a child by itself',
    expect: ['semantic', 'constraint', 'only-left'],
    both: 'create table p (a int, constraint k check (a > 0));',
    left: 'create table c (constraint k check (a > 0)) inherits (p)',
    right: 'create table c () inherits (p)',
  },
  {
    name: 'partition that is being detached',
    expect: ['semantic', 'table', 'being detached'],
    onlyCatalog: true,
    both: 'create table t (a int) partition by list (a); create table c partition of t default;',
    left: "update pg_inherits set inhdetachpending = true where inhrelid = '$s.c'::regclass",
  },
  {
    name: 'extension configuration: another table',
    expect: ['semantic', 'extension', 'configuration'],
    extension: 'tcn',
    place: 'database',
    onlyCatalog: true,
    both: 'create extension tcn; create table first (a int); create table second (a int);',
    left: "update pg_extension set extconfig = array['first'::regclass::oid], extcondition = array[''] where extname = 'tcn'",
    right: "update pg_extension set extconfig = array['second'::regclass::oid], extcondition = array[''] where extname = 'tcn'",
  },
  {
    name: 'extension installed by another role',
    expect: ['environment', 'extension', 'installed by'],
    extension: 'tsm_system_rows',
    place: 'database',
    onlyCatalog: true,
    both: 'create extension tsm_system_rows;',
    left: "update pg_extension set extowner = '$role'::regrole where extname = 'tsm_system_rows'",
  },
  {
    name: 'index that is being dropped',
    expect: ['semantic', 'index', 'valid'],
    onlyCatalog: true,
    both: 'create table t (a int); create index i on t (a);',
    left: "update pg_index set indislive = false where indexrelid = '$s.i'::regclass",
  },
  {
    name: 'index column included or key',
    expect: ['semantic', 'index', 'definition'],
    both: 'create table t (a int, b int);',
    left: 'create index i on t (a) include (b)',
    right: 'create index i on t (a, b)',
  },
  {
    name: 'type of an operator class',
    expect: ['semantic', 'operator class', 'definition'],
    left: 'create operator family f_$s using hash; create operator class c for type int using hash family f_$s as storage int',
    right: 'create operator family f_$s using hash; create operator class c for type int8 using hash family f_$s as storage int8',
  },
  {
    name: 'publication of other operations',
    expect: ['semantic', 'publication', 'definition'],
    left: "create publication p_$s with (publish = 'insert')",
    right: "create publication p_$s with (publish = 'update')",
  },
  {
    name: 'statistics on another table',
    expect: ['physical', 'statistics', 'definition'],
    both: 'create table t (a int, b int); create table u (a int, b int);',
    left: 'create statistics x on a, b from t',
    right: 'create statistics x on a, b from u',
  },
  {
    name: 'base type only announced',
    expect: ['semantic', 'type', 'definition'],
    both: `create type b; create function b_in(cstring) returns b language internal immutable strict as 'textin';
      create function b_out(b) returns cstring language internal immutable strict as 'textout';`,
    left: 'create type b (input = b_in, output = b_out, like = text)',
  },
  {
    name: 'enum or composite type',
    expect: ['semantic', 'type', 'labels'],
    also: [
      ['semantic', 'type', 'attribute a'],
      ['order', 'type', 'attribute order'],
    ],
    left: "create type e as enum ('a')",
    right: 'create type e as (a int)',
  },
  {
    name: 'security label of the database',
    expect: ['security', 'database', 'security label'],
    onlyCatalog: true,
    place: 'database',
    left: `insert into pg_shseclabel (objoid, classoid, provider, label) select oid, 'pg_database'::regclass, 'prov', 'x' from pg_database where datname = current_database()`,
  },
];
