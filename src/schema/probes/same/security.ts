import type { SamePair } from '../probe.ts';

/** Who may do what, told by other steps. */
export const sameSecurity: readonly SamePair[] = [
  {
    name: 'order of grants',
    both: 'create table t (a int);',
    left: 'grant select on t to $role; grant insert on t to $other',
    right: 'grant insert on t to $other; grant select on t to $role',
  },
  {
    name: 'grants of one role in two steps',
    both: 'create table t (a int);',
    left: 'grant select, insert on t to $role',
    right: 'grant insert on t to $role; grant select on t to $role',
  },
  { name: 'ACL null and default ACL', both: 'create table t (a int);', left: 'grant select on t to $role; revoke select on t from $role', right: '' },
  {
    name: 'default ACL of a function',
    both: 'create function f() returns int language sql as $$select 1$$;',
    left: 'revoke all on function f() from public; grant execute on function f() to public',
    right: '',
  },
  {
    name: 'order of a policy’s roles',
    both: 'create table t (a int);',
    left: 'create policy p on t to $role, $other using (true)',
    right: 'create policy p on t to $other, $role using (true)',
  },
  {
    name: 'row security switched on and off',
    both: 'create table t (a int);',
    left: 'alter table t enable row level security; alter table t disable row level security',
    right: '',
  },
  { name: 'default ACL of a schema', left: 'grant usage on schema $s to $role; revoke usage on schema $s from $role', right: '' },
  {
    name: 'default ACL of a type',
    both: "create type e as enum ('a');",
    left: 'revoke usage on type e from public; grant usage on type e to public',
    right: '',
  },
  { name: 'default ACL of a sequence', both: 'create sequence q;', left: 'grant usage on sequence q to $role; revoke all on sequence q from $role', right: '' },
  {
    name: 'right on a column given and taken',
    both: 'create table t (a int);',
    left: 'grant select (a) on t to $role; revoke select (a) on t from $role',
    right: '',
  },
  {
    name: 'rights on columns in two steps',
    both: 'create table t (a int, b int);',
    left: 'grant select (a, b), update (b) on t to $role',
    right: 'grant update (b) on t to $role; grant select (b) on t to $role; grant select (a) on t to $role',
  },
  {
    name: 'ALL and a list',
    both: 'create sequence q;',
    left: 'grant all on sequence q to $role',
    right: 'grant update on sequence q to $role; grant usage, select on sequence q to $role',
  },
  {
    name: 'owner changed and changed back',
    both: 'create table t (a serial);',
    left: 'alter table t owner to $role; alter table t owner to current_user',
    right: '',
  },
  { name: 'owner’s rights written out', both: 'create table t (a int);', left: 'grant all on t to current_user', right: '' },
  {
    name: 'default privileges given and taken',
    left: 'alter default privileges in schema $s grant select on tables to $role; alter default privileges in schema $s revoke select on tables from $role',
    right: '',
  },
];
