import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../../test/support/databases.ts';
import { ask } from '../../../../test/support/own-server.ts';
import { testContext } from '../../../../test/support/test-context.ts';
import { ok } from '../../../core/result.ts';
import { compareSchemas } from '../../compare-schemas.ts';
import { dropSubscriptions } from '../../probes/write-script.ts';

/** SQL for PostgreSQL 15 and for 18, in a schema of its own; and what must be told of them. `$s` is the schema, `$app` a role. */
type Case = readonly [name: string, older: string, newer: string, ...told: readonly string[]];

const t = 'create table t (a int);';
const rights = 'select, insert, update, delete, truncate, references, trigger';
const subscription = (options = '', publications = 'p') =>
  `create subscription sub_$s connection 'host=x' publication ${publications} with (connect = false, slot_name = none${options});`;
const partitioned = 'create table p (a int not null) partition by list (a);';

const same: readonly Case[] = [
  ['all rights', `${t} grant all on t to $app`, `${t} grant all on t to $app`],
  ['all rights that there were', `${t} grant all on t to $app`, `${t} grant ${rights} on t to $app`],
  [
    'all rights, to grant them',
    `${t} create view v as table t; grant all on v to $app with grant option`,
    `${t} create view v as table t; grant all on v to $app with grant option`,
  ],
  ['the owner’s rights but one', `${t} revoke delete on t from current_user`, `${t} revoke delete on t from current_user`],
  ['default rights', 'alter default privileges in schema $s grant all on tables to $app', 'alter default privileges in schema $s grant all on tables to $app'],
  ['a subscription by default', subscription(), subscription()],
  ['a subscription that doesn’t stream', subscription(), subscription(', streaming = off')],
  ['a subscription that works as its owner', subscription(', streaming = on'), subscription(', streaming = on, run_as_owner = true')],
  [
    'a name that was taken',
    'create table a_b (c int not null); create table a (b_c int not null)',
    'create table a_b (c int not null); create table a (b_c int not null)',
  ],
  [
    'a name that was cut',
    `create table "${'🐘'.repeat(15)}" ("${'ä'.repeat(31)}" int not null)`,
    `create table "${'🐘'.repeat(15)}" ("${'ä'.repeat(31)}" int not null)`,
  ],
  ...['create table c partition of p default', 'create table d partition of p default partition by list (a); create table e partition of d default'].map(
    (sql): Case => [`a partition’s NOT NULL: ${sql}`, `${partitioned} ${sql}`, `${partitioned} ${sql}`],
  ),
  ...[
    'create table c () inherits (p)',
    'create table c (a int not null) inherits (p)',
    'create table c () inherits (p); alter table c alter a set not null',
  ].map((sql): Case => [`a child’s NOT NULL: ${sql}`, `create table p (a int not null); ${sql}`, `create table p (a int not null); ${sql}`]),
  [
    'a partition’s identity',
    'create table p (a int generated always as identity) partition by list (a); create table c partition of p default',
    'create table p (a int generated always as identity) partition by list (a); create table c partition of p default',
  ],
];

const different: readonly Case[] = [
  ['all rights but one', `${t} grant all on t to $app`, `${t} grant all on t to $app; revoke delete on t from $app`, 'security table t privileges'],
  ['MAINTAIN besides', `${t} grant select on t to $app`, `${t} grant select, maintain on t to $app`, 'security table t privileges'],
  ['MAINTAIN alone', t, `${t} grant maintain on t to $app`, 'security table t privileges'],
  ['MAINTAIN taken from the owner', t, `${t} revoke maintain on t from current_user`, 'security table t privileges'],
  [
    'MAINTAIN taken from the owner besides',
    `${t} revoke delete on t from current_user`,
    `${t} revoke delete, maintain on t from current_user`,
    'security table t privileges',
  ],
  ['rights to grant', `${t} grant all on t to $app`, `${t} grant all on t to $app with grant option`, 'security table t privileges'],
  [
    'default rights',
    'alter default privileges in schema $s grant all on tables to $app',
    'alter default privileges in schema $s grant all on tables to $app; alter default privileges in schema $s revoke delete on tables from $app',
    'security default privileges for role postgres in schema $s on tables privileges',
  ],
  ['a subscription that streams', subscription(), subscription(', streaming = on'), 'semantic subscription sub_$s definition'],
  ['a subscription that no longer streams', subscription(', streaming = on'), subscription(), 'semantic subscription sub_$s definition'],
  [
    'a publication called like an option',
    subscription(', streaming = on', 'a, streaming'),
    subscription(', streaming = on', 'a'),
    'semantic subscription sub_$s definition',
  ],
  ['a subscription that needs no password', subscription(), subscription(', password_required = false'), 'semantic subscription sub_$s definition'],
  ['a name that was chosen', 'create table p (a int not null)', 'create table p (a int constraint n not null)', 'names column p.a not null constraint name'],
  [
    'the parent’s name was chosen',
    `${partitioned} create table c partition of p default`,
    `${partitioned.replace('not', 'constraint n not')} create table c partition of p default`,
    'names column p.a not null constraint name',
  ],
  ['NOT NULL that no child has', 'create table p (a int not null)', 'create table p (a int not null no inherit)', 'semantic column p.a no inherit'],
  ['no NOT NULL', 'create table p (a int not null)', 'create table p (a int)', 'semantic column p.a not null'],
  [
    'NOT NULL in a child alone',
    'create table p (a int); create table c () inherits (p)',
    'create table p (a int); create table c () inherits (p); alter table c alter a set not null',
    'semantic column c.a not null',
  ],
  [
    'no NOT NULL in a child',
    'create table p (a int not null); create table c () inherits (p)',
    'create table p (a int not null no inherit); create table c () inherits (p)',
    'semantic column c.a not null',
    'semantic column p.a no inherit',
  ],
  [
    'identity of another kind',
    'create table p (a int generated always as identity) partition by list (a); create table c partition of p default',
    'create table p (a int generated by default as identity) partition by list (a); create table c partition of p default',
    'semantic column p.a identity',
  ],
  [
    'identity of a partition alone',
    `${partitioned} create table c (a int generated always as identity); alter table p attach partition c default`,
    `${partitioned} create table c partition of p default`,
    'semantic column c.a identity',
  ],
];

const cases = [...same, ...different];
const app = `app_${randomBytes(4).toString('hex')}`;
const schemaOf = (index: number) => `c${String(index).padStart(2, '0')}`;
const named = (sql: string, index: number) => sql.replaceAll('$s', schemaOf(index)).replaceAll('$app', app);
const script = (side: 1 | 2) =>
  cases.map((one, index) => `create schema ${schemaOf(index)}; set search_path = ${schemaOf(index)}; ${named(one[side], index)};`).join('\n');

/** All that is told, by schema: `semantic column p.a identity`. */
let told: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  for (const major of [15, 18] as const) await ask(testServer(major), `create role ${app}`);
  await withDatabase(15, script(1), (older) =>
    withDatabase(18, script(2), async (newer) => {
      const sides = [
        { address: older, label: 'older' },
        { address: newer, label: 'newer' },
      ] as const;
      const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...newer, database: 'postgres' }) });
      if (!compared.ok) throw new Error(compared.failure.message);
      const lines = compared.value.differences.flatMap(({ class: kind, object, property, how }) =>
        kind === 'deparse-only' ? [] : [`${kind} ${object.kind} ${object.name} ${how === 'changed' ? property : how}`],
      );
      told = Map.groupBy(lines, (line) => /(?<![a-z])c\d\d(?!\d)/.exec(line)?.[0] ?? '');
      for (const side of [older, newer]) await ask(side, dropSubscriptions);
    }),
  );
});

afterAll(async () => {
  for (const major of [15, 18] as const) await ask(testServer(major), `drop role ${app}`);
});

test.each(cases.map((one, index) => [one[0], index] as const))('PostgreSQL 15 and 18: %s', (_, index) => {
  const [, , , ...expected] = cases[index] ?? [];
  const found = (told.get(schemaOf(index)) ?? []).map((line) => line.replace(`${schemaOf(index)}.`, ''));
  expect(found).toEqual(expected.map((line) => named(line, index)));
});

test('and nothing is told of anything else', () => {
  expect([...told.keys()].filter((schema) => !/^c\d\d$/.test(schema))).toEqual([]);
});
