import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const indexProbes: readonly Probe[] = [
  { name: 'index missing', expect: ['semantic', 'index', 'only-right'], both: t, right: 'create index i on t (a)' },
  { name: 'index unique', expect: ['semantic', 'index', 'definition'], both: t, left: 'create unique index i on t (a)', right: 'create index i on t (a)' },
  {
    name: 'index predicate',
    expect: ['semantic', 'index', 'predicate'],
    both: t,
    left: 'create index i on t (a) where a > 0',
    right: 'create index i on t (a) where a > 1',
  },
  { name: 'index order', expect: ['semantic', 'index', 'definition'], both: t, left: 'create index i on t (a desc)', right: 'create index i on t (a)' },
  {
    name: 'index include',
    expect: ['semantic', 'index', 'definition'],
    both: t,
    left: 'create index i on t (a) include (b)',
    right: 'create index i on t (a)',
  },
  {
    name: 'index operator class',
    expect: ['semantic', 'index', 'definition'],
    both: t,
    left: 'create index i on t (b text_pattern_ops)',
    right: 'create index i on t (b)',
  },
  { name: 'index method', expect: ['semantic', 'index', 'definition'], both: t, left: 'create index i on t using hash (a)', right: 'create index i on t (a)' },
  {
    name: 'index fillfactor',
    expect: ['physical', 'index', 'parameter fillfactor'],
    both: t,
    left: 'create index i on t (a) with (fillfactor = 50)',
    right: 'create index i on t (a)',
  },
  { name: 'index name', expect: ['names', 'index', 'name'], both: t, left: 'create index i1 on t (a)', right: 'create index i2 on t (a)' },
  {
    name: 'index invalid',
    expect: ['semantic', 'index', 'valid'],
    both: `${t} create index i on t (a);`,
    left: "update pg_index set indisvalid = false where indexrelid = '$s.i'::regclass",
  },
  {
    name: 'partitioned index not attached',
    expect: ['semantic', 'index', 'attached to'],
    also: [['semantic', 'index', 'valid']],
    both: 'create table t (a int) partition by list (a); create table c partition of t default; create index i on only t (a); create index j on c (a);',
    right: 'alter index i attach partition j',
  },
];
