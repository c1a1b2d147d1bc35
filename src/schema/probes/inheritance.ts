import type { Probe } from './probe.ts';

const parent = 'create table p (a int);';

/** What a child table or a partition has by itself, or otherwise than its parent. */
export const inheritanceProbes: readonly Probe[] = [
  {
    name: 'inherited column declared again',
    expect: ['semantic', 'column', 'inherited'],
    both: parent,
    left: 'create table c () inherits (p)',
    right: 'create table c (a int) inherits (p)',
  },
  {
    name: 'inherited check declared again',
    expect: ['semantic', 'constraint', 'only-right'],
    both: 'create table p (a int, constraint k check (a > 0));',
    left: 'create table c () inherits (p)',
    right: 'create table c (constraint k check (a > 0)) inherits (p)',
  },
  {
    name: 'check of the child alone',
    expect: ['semantic', 'constraint', 'only-left'],
    both: 'create table p (a int, constraint k check (a > 0) no inherit);',
    left: 'create table c (constraint k check (a > 0)) inherits (p)',
    right: 'create table c () inherits (p)',
  },
  {
    name: 'check of the parent that is not inherited',
    expect: ['semantic', 'constraint', 'definition'],
    both: `${parent} create table c (constraint k check (a > 0)) inherits (p);`,
    left: 'alter table p add constraint k check (a > 0) no inherit; alter table c add constraint l check (a > 1)',
    right: 'alter table p add constraint k check (a > 0); alter table c add constraint l check (a > 1)',
  },
  {
    name: 'check from one of two parents',
    expect: ['semantic', 'constraint', 'only-left'],
    both: 'create table p (a int, constraint k check (a > 0)); create table q (a int); create table c () inherits (p, q);',
    left: 'alter table q add constraint k check (a > 0)',
  },
  {
    name: 'inherited check validated in the child alone',
    expect: ['semantic', 'constraint', 'validated apart from its parent'],
    onlyCatalog: true,
    both: `${parent} create table c () inherits (p); alter table p add constraint k check (a > 0) not valid;`,
    left: 'alter table c validate constraint k',
  },
  {
    name: 'check of a partition, validated there alone',
    expect: ['semantic', 'constraint', 'validated apart from its parent'],
    onlyCatalog: true,
    both: 'create table p (a int) partition by list (a); create table c partition of p default; alter table p add constraint k check (a > 0) not valid;',
    left: 'alter table c validate constraint k',
  },
  {
    name: 'inherited check enforced in the child alone',
    expect: ['semantic', 'constraint', 'enforced apart from its parent'],
    also: [['semantic', 'constraint', 'validated apart from its parent']],
    onlyCatalog: true,
    both: `${parent} create table c () inherits (p); alter table p add constraint k check (a > 0) not enforced;`,
    left: "update pg_constraint set conenforced = true, convalidated = true where conrelid = 'c'::regclass and contype = 'c'",
    since: 18,
  },
  {
    name: 'foreign key of a partition, validated there alone',
    expect: ['semantic', 'constraint', 'validated apart from its parent'],
    onlyCatalog: true,
    both: 'create table r (a int primary key); create table p (a int) partition by list (a); create table c partition of p default; alter table p add constraint k foreign key (a) references r not valid;',
    left: 'alter table c validate constraint k',
    since: 18,
  },
  {
    name: 'inherited NOT NULL declared again',
    expect: ['semantic', 'column', 'not null inherited'],
    // Its parent's name is one that somebody chose for it now.
    also: [['names', 'column', 'not null constraint name']],
    both: 'create table p (a int not null); create table c () inherits (p);',
    left: 'alter table c alter a set not null',
    since: 18,
  },
  {
    name: 'key attached to that of its table',
    expect: ['semantic', 'constraint', 'attached to'],
    also: [['semantic', 'constraint', 'valid']],
    both: `create table p (a int not null) partition by list (a); create table c partition of p default; alter table only p add constraint k primary key (a);
      alter table c add constraint l primary key (a);`,
    left: 'alter index k attach partition l',
  },
  {
    name: 'check of a detached partition',
    expect: ['semantic', 'constraint', 'only-left'],
    both: 'create table p (a int, constraint k check (a > 0)) partition by list (a); create table c partition of p default; alter table p detach partition c;',
    right: 'alter table c drop constraint k',
  },
  {
    name: 'values of a list partition',
    expect: ['semantic', 'table', 'partition of'],
    both: 'create table p (a text) partition by list (a);',
    left: "create table c partition of p for values in ('a', 'b, c')",
    right: "create table c partition of p for values in ('a, b', 'c')",
  },
];
