import type { Probe } from './probe.ts';
import { sqlFunction as f, table as t } from './samples.ts';

export const commentProbes: readonly Probe[] = [
  { name: 'comment on a table', expect: ['comment', 'table', 'comment'], both: t, left: "comment on table t is 'x'" },
  {
    name: 'comment on a column',
    expect: ['comment', 'column', 'comment'],
    both: t,
    left: "comment on column t.a is 'x'",
    right: "comment on column t.a is 'y'",
  },
  { name: 'comment on a function', expect: ['comment', 'function', 'comment'], both: f('language sql'), left: "comment on function f(int) is 'x'" },
  {
    name: 'comment on a constraint',
    expect: ['comment', 'constraint', 'comment'],
    both: 'create table t (a int constraint k check (a > 0));',
    left: "comment on constraint k on t is 'x'",
  },
  {
    name: 'comment on a policy',
    expect: ['comment', 'policy', 'comment'],
    both: `${t} create policy p on t using (a > 0);`,
    left: "comment on policy p on t is 'x'",
  },
  {
    name: 'comment on a trigger',
    expect: ['comment', 'trigger', 'comment'],
    both: `${t} create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();`,
    left: "comment on trigger g on t is 'x'",
  },
  {
    name: 'comment on an attribute',
    expect: ['comment', 'type', 'attribute a comment'],
    both: 'create type c as (a int);',
    left: "comment on column c.a is 'x'",
  },
  { name: 'comment on a schema', expect: ['comment', 'schema', 'comment'], left: "comment on schema $s is 'x'" },
  {
    name: 'comment on a domain constraint',
    expect: ['comment', 'domain', 'constraint k comment'],
    both: 'create domain d as int constraint k check (value > 0);',
    left: "comment on constraint k on domain d is 'x'",
  },
];
