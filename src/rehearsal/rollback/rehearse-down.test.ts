import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { inFull } from '../../../test/support/in-full.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { Migration } from '../../core/migration.ts';
import { leadsBack } from '../../core/rollback.ts';
import type { Address } from '../../core/server.ts';
import { goBackOverWrites } from './go-back-over-writes.ts';
import { backPolicies, readMoment } from './moment.ts';
import { type DownScene, rehearseDown } from './rehearse-down.ts';

const role = `down_${randomBytes(5).toString('hex')}`;
beforeAll(() => ask(testServer(15), `create role ${role} login`));
afterAll(() => ask(testServer(15), `drop role ${role}`));

const start = `
create table public.ledger (version text primary key);
create table public.item (id serial primary key, name text not null, colour text);
create index item_name on public.item (name);
insert into public.item select n, 'item ' || n, case when n % 3 > 0 then 'red' end from generate_series(1, 30) n;
select setval('public.item_id_seq', 40);
insert into public.ledger values ('0001');
alter table public.ledger owner to ${role}; alter table public.item owner to ${role}; grant create on schema public to ${role}`;

function migration(up: string, down?: string): Migration {
  const base = { revision: '0002', file: '0002.up.sql', sha256: '', up, upLine: 1, optsOutOfTransaction: false };
  return down === undefined ? base : { ...base, down, downFile: '0002.down.sql' };
}

async function tryDown(up: string, down?: string) {
  return await withDatabase(15, start, async (admin, run) => {
    const context = testContext();
    const tried = migration(up, down);
    const migrator: Address = { ...admin, user: role };
    const scene: DownScene = {
      ...{ admin, migrator, migrations: [{ ...tried, revision: '0001', file: '0001.up.sql' }, tried], accepted: [] },
      settings: {
        tool: 'sql-files',
        folder: 'db',
        layout: 'up-down',
        transaction: 'auto',
        ledger: { table: 'public.ledger', column: 'version', match: 'revision' },
      },
      comparing: { policies: backPolicies, exclude: [], include: undefined, ledger: 'public.ledger', role, shared: undefined },
    };
    const before = unwrap(await readMoment(context, admin, role));
    const outcome = unwrap(await rehearseDown(context, scene, tried, before));
    const ledger = (await run('select version from public.ledger order by 1')).rows.map(({ version }) => version as string);
    const since = outcome.usable ? unwrap(await goBackOverWrites(context, scene, [tried], before, outcome.schemaAfter)) : undefined;
    return { ...outcome, ledger, since };
  });
}

test('a way down that restores everything, and the clone is left as deployed', async () => {
  const { step, usable, ledger, since } = await tryDown(
    `alter table public.item add note text; update public.item set note = name; create table public.tag (item integer not null references public.item)`,
    'drop table public.tag; alter table public.item drop note',
  );
  expect(step).toMatchObject({ outcome: 'done', changed: true, differences: [], data: [], drops: ['public.item.note', 'public.tag'], again: { ok: true } });
  expect(step.compared).toMatchObject({ tables: 2, values: 81 });
  expect([leadsBack(step), usable, ledger]).toEqual([true, true, ['0001', '0002']]);
  expect(since).toEqual({ tables: ['public.item', 'public.tag'], gone: ['public.tag'] });
});

test('a column that comes back empty, an index that doesn’t come back, and a type that the deploy meets again', async () => {
  const { step, usable } = await tryDown(
    "alter table public.item drop colour; drop index public.item_name; create type public.mood as enum ('good'); alter table public.item add mood public.mood",
    'alter table public.item drop mood; alter table public.item add colour text',
  );
  expect(step.data).toEqual([{ kind: 'column', object: { kind: 'column', name: 'public.item.colour' }, before: 20, after: 0 }]);
  expect(step.differences).toMatchObject([
    { object: { kind: 'index', name: 'public.item_name' }, how: 'only-right', policy: 'fail' },
    { object: { kind: 'type', name: 'public.mood' }, how: 'only-left', policy: 'fail' },
  ]);
  expect(step.advice?.statements.join()).toMatch(/create index item_name/i);
  // The index can't be dropped again, which comes first.
  expect(step.again).toMatchObject({ ok: false, failure: { sql: { sqlstate: '42704' } } });
  expect([leadsBack(step), usable]).toEqual([false, false]);
});

test('one that fails', async () => {
  const failed = await tryDown('alter table public.item add note text', 'alter table public.item drop note;\n\ndrop table public.nowhere');
  expect(failed.step).toMatchObject({ outcome: 'failed', failure: { place: { file: '0002.down.sql', line: 3 }, sql: { sqlstate: '42P01' } } });
  expect(failed.usable).toBe(false);
});

// Each takes a database of its own. A test that is skipped would count as one that failed.
const inFullOnly: typeof test | undefined = inFull ? test : undefined;

inFullOnly?.('one that is empty', async () => {
  const empty = await tryDown('delete from public.item where id > 20', '-- nothing to do\n');
  expect(empty.step).toMatchObject({ outcome: 'empty', data: [{ kind: 'rows', before: 30, after: 20 }] });
});

test('one that works only while nobody has written what the new schema allows', async () => {
  const { step, since } = await tryDown('alter table public.item alter name drop not null', 'alter table public.item alter name set not null');
  expect(leadsBack(step)).toBe(true);
  expect(since).toMatchObject({ tables: ['public.item'], failure: { sql: { sqlstate: '23502' }, place: { file: '0002.down.sql', line: 1 } } });
});

inFullOnly?.('a column that comes back with its values, but at the end, is only reported', async () => {
  const swap = (from: string, to: string) =>
    `alter table public.item add ${to} text; update public.item set ${to} = ${from}; alter table public.item alter ${to} set not null, drop ${from}`;
  const { step } = await tryDown(swap('name', 'title'), `${swap('title', 'name')}; create index item_name on public.item (name)`);
  expect(step).toMatchObject({ outcome: 'done', changed: true, data: [], again: { ok: true } });
  expect(new Set(step.differences.map(({ class: kind, policy }) => `${kind} ${policy}`))).toEqual(new Set(['order report']));
  expect(leadsBack(step)).toBe(true);
});

test('a sequence that begins again with numbers that are taken, and one that is set to the last of them', async () => {
  const up = 'alter table public.item alter id drop default; drop sequence public.item_id_seq';
  const down = `create sequence public.item_id_seq as integer owned by public.item.id;
    alter table public.item alter id set default nextval('public.item_id_seq'::regclass)`;
  const { step } = await tryDown(up, down);
  expect(step).toMatchObject({ differences: [], data: [{ kind: 'sequence', object: { name: 'public.item_id_seq' }, before: 41, after: 1 }] });
  expect(leadsBack(step)).toBe(false);
  const ahead = await tryDown(up, `${down}; select setval('public.item_id_seq', (select max(id) from public.item))`);
  expect(leadsBack(ahead.step)).toBe(true);
});

test('rows of an old table that going back replaces by an older copy', async () => {
  const { step, since } = await tryDown(
    'create table public.copy (like public.item including all); insert into public.copy select * from public.item; update public.item set colour = null',
    'truncate public.item; insert into public.item select * from public.copy where id <= 30; drop table public.copy',
  );
  expect(leadsBack(step)).toBe(true);
  expect(since).toEqual({ tables: ['public.copy', 'public.item'], gone: ['public.copy', 'public.item'], lost: ['public.item'] });
});

test('where nothing was changed, an empty way down is right, and proves nothing', async () => {
  expect((await tryDown('select 1', '')).step).toMatchObject({ outcome: 'done', changed: false, differences: [], data: [] });
});
