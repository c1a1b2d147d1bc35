import type { Probe } from './probe.ts';

const pair = 'create table t (a int, b int);';

export const statisticsProbes: readonly Probe[] = [
  { name: 'statistics missing', expect: ['physical', 'statistics', 'only-left'], both: pair, left: 'create statistics x on a, b from t' },
  {
    name: 'statistics columns',
    expect: ['physical', 'statistics', ''],
    both: 'create table t (a int, b int, c int);',
    left: 'create statistics x (mcv) on a, b from t',
    right: 'create statistics x (mcv) on a, c from t',
  },
  {
    name: 'statistics expression',
    expect: ['physical', 'statistics', ''],
    both: pair,
    left: 'create statistics x on (a + 1), b from t',
    right: 'create statistics x on (a + 2), b from t',
  },
  {
    name: 'statistics of one expression',
    expect: ['physical', 'statistics', ''],
    both: pair,
    left: 'create statistics x on (a + b) from t',
    right: 'create statistics x on (a * b) from t',
  },
  {
    name: 'statistics target',
    expect: ['physical', 'statistics', ''],
    both: `${pair} create statistics x on a, b from t;`,
    left: 'alter statistics x set statistics 77',
  },
  {
    name: 'statistics dependencies',
    expect: ['physical', 'statistics', ''],
    both: pair,
    left: 'create statistics x (dependencies) on a, b from t',
    right: 'create statistics x (dependencies, ndistinct) on a, b from t',
  },
  {
    name: 'statistics owner',
    expect: ['security', 'statistics', 'owner'],
    both: `${pair} create statistics x on a, b from t;`,
    left: 'alter statistics x owner to $role',
  },
];
