import type { SamePair } from '../probe.ts';

/** Types, operators and text search made by other steps. */
export const sameTypes: readonly SamePair[] = [
  {
    name: 'enum grown with BEFORE',
    left: "create type e as enum ('a', 'c'); alter type e add value 'b' before 'c'",
    right: "create type e as enum ('a', 'b', 'c')",
  },
  { name: 'hole in a composite type', left: 'create type c as (x int, a int); alter type c drop attribute x', right: 'create type c as (a int)' },
  {
    name: 'order of a domain’s checks',
    left: 'create domain d as int constraint k check (value > 0) constraint l check (value < 9)',
    right: 'create domain d as int; alter domain d add constraint l check (value < 9); alter domain d add constraint k check (value > 0)',
  },
  {
    name: 'domain’s NOT NULL later',
    left: 'create domain d as int; alter domain d set not null; alter domain d set default 5',
    right: 'create domain d as int default 5 not null',
  },
  {
    name: 'order of an operator family’s members',
    both: 'create operator family fam using btree;',
    left: 'alter operator family fam using btree add operator 1 < (int, int8), operator 3 = (int, int8), function 1 btint48cmp(int, int8)',
    right:
      'alter operator family fam using btree add function 1 btint48cmp(int, int8), operator 3 = (int, int8); alter operator family fam using btree add operator 1 < (int, int8)',
  },
  {
    name: 'operator family made with its class',
    left: 'create operator class c for type int using btree as operator 1 <, operator 3 =, function 1 btint4cmp(int, int)',
    right:
      'create operator family c using btree; create operator class c for type int using btree family c as operator 1 <, operator 3 =, function 1 btint4cmp(int, int)',
  },
  {
    name: 'text search mappings in steps',
    left: 'create text search configuration c (copy = simple)',
    right:
      'create text search configuration c (copy = simple); alter text search configuration c drop mapping for email; alter text search configuration c add mapping for email with simple',
  },
];
