import type { SamePair } from '../probe.ts';

const call = 'execute function suppress_redundant_updates_trigger()';

/** Routines and triggers made by other steps. */
export const sameRoutines: readonly SamePair[] = [
  {
    name: 'another tag around the body',
    left: 'create function f() returns int language sql as $a$select 1$a$',
    right: "create function f() returns int language sql as 'select 1'",
  },
  {
    name: 'trigger disabled and enabled',
    both: 'create table t (a int); create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();',
    left: 'alter table t disable trigger g; alter table t enable trigger g',
    right: '',
  },
  {
    name: 'function renamed into place',
    left: 'create function x() returns int language sql as $$select 1$$; alter function x() rename to f',
    right: 'create function f() returns int language sql as $$select 1$$',
  },
  {
    name: 'words of a function',
    left: 'create function f(int) returns int language sql strict immutable security invoker as $$select 1$$',
    right: 'create function f(integer) returns int4 immutable returns null on null input language sql cost 100 parallel unsafe not leakproof as $$select 1$$',
  },
  {
    name: 'function replaced',
    left: 'create function f() returns int language sql stable as $$select 2$$; create or replace function f() returns int language sql as $$select 1$$',
    right: 'create function f() returns int language sql as $$select 1$$',
  },
  {
    name: 'setting of a function by TO and by =',
    left: "create function f() returns int language sql set search_path to 'x', y as $$select 1$$",
    right: "create function f() returns int language sql set search_path = x, 'y' as $$select 1$$",
  },
  {
    name: 'order of a trigger’s events',
    both: `create table t (a int);`,
    left: `create trigger g before insert or update on t for each row ${call}`,
    right: `create trigger g before update or insert on t for each row ${call}`,
  },
  {
    name: 'trigger replaced',
    both: 'create table t (a int);',
    left: `create trigger g after delete on t for each row ${call}; create or replace trigger g before update on t for each row ${call}`,
    right: `create trigger g before update on t for each row ${call}`,
  },
  {
    name: 'order of the columns of UPDATE OF',
    both: 'create table t (a int, b int);',
    left: `create trigger g before insert or update of a, b on t for each row ${call}`,
    right: `create trigger g before insert or update of b, a on t for each row ${call}`,
  },
];
