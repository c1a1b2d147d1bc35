import type { Probe } from './probe.ts';
import { sqlFunction as f } from './samples.ts';

export const routineProbes: readonly Probe[] = [
  { name: 'function body', expect: ['semantic', 'function', 'body'], left: f('language sql', 'select 1'), right: f('language sql', 'select 2') },
  { name: 'function body: one space', expect: ['semantic', 'function', 'body'], left: f('language sql', 'select 1'), right: f('language sql', 'select  1') },
  {
    name: 'function body: a line that starts with SET',
    expect: ['semantic', 'function', 'body'],
    left: f('language plpgsql', 'begin\nupdate t\nSET a = 1;\nreturn 1; end'),
    right: f('language plpgsql', 'begin\nupdate t\nSET a = 2;\nreturn 1; end'),
  },
  {
    name: 'function body: a comment line',
    expect: ['semantic', 'function', 'body'],
    left: f('language plpgsql', 'begin\n-- Name: x; Type: TABLE; Schema: public; Owner: postgres\nreturn 1; end'),
    right: f('language plpgsql', 'begin\n-- Name: y; Type: TABLE; Schema: public; Owner: postgres\nreturn 1; end'),
  },
  {
    name: 'function body: a backslash line',
    expect: ['semantic', 'function', 'body'],
    left: f('language plpgsql', "begin\nperform '\n\\restrict x\n';\nreturn 1; end"),
    right: f('language plpgsql', "begin\nperform '\n\\restrict y\n';\nreturn 1; end"),
  },
  { name: 'function volatility', expect: ['semantic', 'function', 'attributes'], left: f('language sql stable'), right: f('language sql') },
  { name: 'function strict', expect: ['semantic', 'function', 'attributes'], left: f('language sql strict'), right: f('language sql') },
  { name: 'function leakproof', expect: ['semantic', 'function', 'attributes'], left: f('language sql leakproof'), right: f('language sql') },
  { name: 'function cost', expect: ['semantic', 'function', 'attributes'], left: f('language sql cost 7'), right: f('language sql') },
  { name: 'function security definer', expect: ['security', 'function', 'security'], left: f('language sql security definer'), right: f('language sql') },
  {
    name: 'function setting',
    expect: ['semantic', 'function', 'setting search_path'],
    left: f("language sql set search_path = 'x', y"),
    right: f('language sql'),
  },
  {
    name: 'function argument name',
    expect: ['semantic', 'function', 'arguments'],
    left: 'create function f(x int) returns int language sql as $$select 1$$',
    right: 'create function f(y int) returns int language sql as $$select 1$$',
  },
  {
    name: 'function argument default',
    expect: ['semantic', 'function', 'arguments'],
    left: 'create function f(x int default 1) returns int language sql as $$select 1$$',
    right: 'create function f(x int default 2) returns int language sql as $$select 1$$',
  },
  {
    name: 'function return type',
    expect: ['semantic', 'function', 'returns'],
    left: 'create function f() returns int language sql as $$select 1$$',
    right: 'create function f() returns int8 language sql as $$select 1$$',
  },
  {
    name: 'function overload',
    expect: ['semantic', 'function', 'only-left'],
    both: f('language sql'),
    left: 'create function f(x text) returns int language sql as $$select 1$$',
  },
  {
    name: 'function of standard SQL',
    expect: ['semantic', 'function', 'body'],
    left: 'create function f() returns int begin atomic select 1; select 2; end',
    right: 'create function f() returns int begin atomic select 1; select 3; end',
  },
  {
    name: 'procedure',
    expect: ['semantic', 'procedure', 'body'],
    left: 'create procedure p() language sql as $$select 1$$',
    right: 'create procedure p() language sql as $$select 2$$',
  },
  {
    name: 'aggregate',
    expect: ['semantic', 'aggregate', 'definition'],
    left: "create aggregate g(int) (sfunc = int4pl, stype = int, initcond = '0')",
    right: "create aggregate g(int) (sfunc = int4pl, stype = int, initcond = '1')",
  },
];
