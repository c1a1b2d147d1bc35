import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const tableProbes: readonly Probe[] = [
  { name: 'table missing', expect: ['semantic', 'table', 'only-left'], left: `${t} create index on t (a); comment on table t is 'x'` },
  { name: 'table unlogged', expect: ['semantic', 'table', 'persistence'], left: 'create unlogged table t (a int)', right: 'create table t (a int)' },
  { name: 'table parameter', expect: ['physical', 'table', 'parameter fillfactor'], both: t, left: 'alter table t set (fillfactor = 70)' },
  {
    name: 'TOAST parameter',
    expect: ['physical', 'table', 'parameter toast.autovacuum_enabled'],
    both: t,
    right: 'alter table t set (toast.autovacuum_enabled = false)',
  },
  { name: 'replica identity', expect: ['semantic', 'table', 'replica identity'], both: t, left: 'alter table t replica identity full' },
  { name: 'clustered on', expect: ['physical', 'table', 'clustered on'], both: `${t} create index i on t (a);`, left: 'cluster t using i' },
  {
    name: 'inheritance',
    expect: ['semantic', 'table', 'inherits'],
    both: 'create table p (a int); create table c (a int);',
    left: 'alter table c inherit p',
    right: '',
  },
  {
    name: 'partition key',
    expect: ['semantic', 'table', 'partition by'],
    left: 'create table t (a int, b int) partition by range (a)',
    right: 'create table t (a int, b int) partition by range (b)',
  },
  {
    name: 'partition bound',
    expect: ['semantic', 'table', 'partition of'],
    both: 'create table t (a int) partition by range (a);',
    left: 'create table c partition of t for values from (0) to (10)',
    right: 'create table c partition of t for values from (0) to (20)',
  },
  {
    name: 'partition detached',
    expect: ['semantic', 'table', 'partition of'],
    both: 'create table t (a int) partition by range (a); create table c (a int);',
    left: 'alter table t attach partition c default',
  },
];
