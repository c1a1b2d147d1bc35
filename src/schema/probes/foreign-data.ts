import type { Probe } from './probe.ts';
import { foreignServer as server } from './samples.ts';

const wrapper = 'create foreign data wrapper w_$s;';
const fdw = "create function h() returns fdw_handler language internal as 'postgresql_fdw_validator';";

export const foreignDataProbes: readonly Probe[] = [
  {
    name: 'foreign table option',
    expect: ['semantic', 'foreign table', 'option x'],
    both: 'create foreign data wrapper w_$s; create server s_$s foreign data wrapper w_$s;',
    left: "create foreign table ft (a int) server s_$s options (x '1')",
    right: "create foreign table ft (a int) server s_$s options (x '2')",
  },
  { name: 'foreign data wrapper missing', expect: ['semantic', 'foreign data wrapper', 'only-left'], left: 'create foreign data wrapper w_$s' },
  {
    name: 'foreign data wrapper option',
    expect: ['semantic', 'foreign data wrapper', ''],
    left: "create foreign data wrapper w_$s options (x '1')",
    right: "create foreign data wrapper w_$s options (x '2')",
  },
  {
    name: 'foreign data wrapper handler',
    expect: ['semantic', 'foreign data wrapper', ''],
    both: fdw,
    left: 'create foreign data wrapper w_$s handler h',
    right: 'create foreign data wrapper w_$s',
  },
  {
    name: 'foreign data wrapper validator',
    expect: ['semantic', 'foreign data wrapper', ''],
    left: 'create foreign data wrapper w_$s validator pg_catalog.postgresql_fdw_validator',
    right: 'create foreign data wrapper w_$s',
  },
  { name: 'server missing', expect: ['semantic', 'server', 'only-left'], both: wrapper, left: 'create server s_$s foreign data wrapper w_$s' },
  {
    name: 'server type',
    expect: ['semantic', 'server', ''],
    both: wrapper,
    left: "create server s_$s type 'x' foreign data wrapper w_$s",
    right: 'create server s_$s foreign data wrapper w_$s',
  },
  {
    name: 'server version',
    expect: ['semantic', 'server', ''],
    both: wrapper,
    left: "create server s_$s version 'x' foreign data wrapper w_$s",
    right: 'create server s_$s foreign data wrapper w_$s',
  },
  {
    name: 'server option',
    expect: ['semantic', 'server', ''],
    both: wrapper,
    left: "create server s_$s foreign data wrapper w_$s options (host 'x')",
    right: "create server s_$s foreign data wrapper w_$s options (host 'y')",
  },
  {
    name: 'server option missing',
    expect: ['semantic', 'server', ''],
    both: wrapper,
    left: "create server s_$s foreign data wrapper w_$s options (host 'x')",
    right: 'create server s_$s foreign data wrapper w_$s',
  },
  {
    name: 'server of another wrapper',
    expect: ['semantic', 'server', ''],
    both: `${wrapper} create foreign data wrapper w2_$s;`,
    left: 'create server s_$s foreign data wrapper w_$s',
    right: 'create server s_$s foreign data wrapper w2_$s',
  },
  { name: 'user mapping', expect: ['semantic', 'user mapping', 'only-left'], both: server, left: 'create user mapping for $role server s_$s' },
  { name: 'user mapping of everybody', expect: ['semantic', 'user mapping', 'only-left'], both: server, left: 'create user mapping for public server s_$s' },
  {
    name: 'user mapping option',
    expect: ['semantic', 'user mapping', ''],
    both: server,
    left: "create user mapping for $role server s_$s options (password 'x')",
    right: "create user mapping for $role server s_$s options (password 'y')",
  },
  { name: 'foreign table missing', expect: ['semantic', 'foreign table', 'only-left'], both: server, left: 'create foreign table ft (a int) server s_$s' },
  {
    name: 'foreign table of another server',
    expect: ['semantic', 'foreign table', 'server'],
    both: `${server} create server s2_$s foreign data wrapper w_$s;`,
    left: 'create foreign table ft (a int) server s_$s',
    right: 'create foreign table ft (a int) server s2_$s',
  },
  {
    name: 'foreign table column option',
    expect: ['semantic', 'column', 'option x'],
    both: server,
    left: "create foreign table ft (a int options (x '1')) server s_$s",
    right: "create foreign table ft (a int options (x '2')) server s_$s",
  },
  {
    name: 'foreign table column',
    expect: ['semantic', 'column', 'type'],
    both: server,
    left: 'create foreign table ft (a int) server s_$s',
    right: 'create foreign table ft (a int8) server s_$s',
  },
  {
    name: 'foreign table check',
    expect: ['semantic', 'constraint', 'definition'],
    both: server,
    left: 'create foreign table ft (a int constraint k check (a > 0)) server s_$s',
    right: 'create foreign table ft (a int constraint k check (a > 1)) server s_$s',
  },
  {
    name: 'foreign table or table',
    expect: ['semantic', 'foreign table', 'only-left'],
    also: [['semantic', 'table', 'only-right']],
    both: server,
    left: 'create foreign table ft (a int) server s_$s',
    right: 'create table ft (a int)',
  },
  {
    name: 'foreign partition',
    expect: ['semantic', 'foreign table', 'partition of'],
    both: `${server} create table t (a int) partition by list (a);`,
    left: 'create foreign table ft partition of t default server s_$s',
    right: 'create foreign table ft partition of t for values in (1) server s_$s',
  },
];
