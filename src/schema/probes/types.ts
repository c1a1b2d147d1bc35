import type { Probe } from './probe.ts';

export const typeProbes: readonly Probe[] = [
  { name: 'enum label', expect: ['semantic', 'type', 'labels'], left: "create type e as enum ('a', 'b')", right: "create type e as enum ('a', 'b', 'c')" },
  { name: 'enum order', expect: ['semantic', 'type', 'labels'], left: "create type e as enum ('a', 'b')", right: "create type e as enum ('b', 'a')" },
  {
    name: 'composite attribute',
    expect: ['semantic', 'type', 'attribute b'],
    left: 'create type c as (a int, b int)',
    right: 'create type c as (a int, b text)',
  },
  { name: 'composite order', expect: ['order', 'type', 'attribute order'], left: 'create type c as (a int, b int)', right: 'create type c as (b int, a int)' },
  {
    name: 'domain check',
    expect: ['semantic', 'domain', 'constraint k'],
    left: 'create domain d as int constraint k check (value > 0)',
    right: 'create domain d as int constraint k check (value > 1)',
  },
  { name: 'domain not null', expect: ['semantic', 'domain', 'not null'], left: 'create domain d as int not null', right: 'create domain d as int' },
  { name: 'domain default', expect: ['semantic', 'domain', 'default'], left: 'create domain d as int default 1', right: 'create domain d as int default 2' },
  {
    name: 'range',
    expect: ['semantic', 'type', 'definition'],
    left: 'create type r as range (subtype = int)',
    right: 'create type r as range (subtype = int8)',
  },
  {
    name: 'operator',
    expect: ['semantic', 'operator', 'definition'],
    left: 'create operator === (leftarg = int, rightarg = int, function = int4eq)',
    right: 'create operator === (leftarg = int, rightarg = int, function = int4ne)',
  },
  {
    name: 'collation',
    expect: ['semantic', 'collation', 'definition'],
    left: "create collation k (provider = icu, locale = 'de')",
    right: "create collation k (provider = icu, locale = 'fr')",
  },
  {
    name: 'text search mapping',
    expect: ['semantic', 'text search configuration', 'statement'],
    both: 'create text search configuration c (copy = simple);',
    left: 'alter text search configuration c drop mapping for email',
  },
  {
    name: 'extended statistics',
    expect: ['physical', 'statistics', 'definition'],
    both: 'create table t (a int, b int);',
    left: 'create statistics x (mcv) on a, b from t',
    right: 'create statistics x (ndistinct) on a, b from t',
  },
];
