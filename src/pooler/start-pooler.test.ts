import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import type { SharedConnection } from '../core/pooling.ts';
import { Secret } from '../core/secret.ts';
import { findPooler } from './find-pooler.ts';
import { namesIn, settingNames } from './setting-names.ts';
import { shareConnection } from './share-connection.ts';
import { startPooler } from './start-pooler.ts';

const schema = `
create schema app;
create function app.enter(tenant text) returns text language sql as $$ select pg_catalog.set_config('app.tenant_id', tenant, false) $$;
create function app.enter_transaction(tenant text) returns text language sql as $$ select pg_catalog.set_config('app.tenant_id', tenant, true) $$;
create function app.enter_secretly(tenant text) returns text language plpgsql as $$ begin return pg_catalog.set_config('hid' || 'den.name', tenant, false); end $$;`;

interface Asked {
  readonly sql: readonly string[];
  readonly readOnly?: boolean;
}

/** What each client leaves to the next one, all through one pooler before a database of the test's own. */
async function shared<Name extends string>(clients: Readonly<Record<Name, Asked>>, further?: string): Promise<Record<Name, SharedConnection>> {
  const context = testContext();
  const folder = mkdtempSync(join(tmpdir(), 'pgr-pooler-'));
  chmodSync(folder, 0o711);
  const pids: { pid: number; startedAt: string }[] = [];
  const real = unwrap(await findPooler(context, folder, undefined));
  const program = further === undefined ? real : join(folder, 'wrapped');
  // Adds a line to the settings, which are its last argument.
  if (further !== undefined) writeFileSync(program, `#!/bin/sh\nfor last; do :; done\necho '${further}' >> "$last"\nexec ${real} "$@"\n`, { mode: 0o755 });
  try {
    return await withDatabase(18, schema, async (address) => {
      const login = { ...address, password: new Secret('not asked for, "quoted"') };
      const pooler = unwrap(
        await startPooler(context, {
          ...{ program, folder, logins: [login], aliases: Object.keys(clients) },
          onStart: async (child) => void pids.push(child),
        }),
      );
      expect(statSync(join(folder, 'pooler')).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, 'pooler/users.txt')).mode & 0o777).toBe(0o600);
      const admin = unwrap(await context.edge.postgres.connect(address));
      const names = await settingNames(admin, [], []);
      const ended: Partial<Record<Name, SharedConnection>> = {};
      for (const [name, { sql, readOnly = false }] of Object.entries<Asked>(clients)) {
        ended[name as Name] = await shareConnection(context, admin, { address: pooler.address(login, name), statements: sql, readOnly, names });
      }
      // A stranger has no password.
      const stranger = await context.edge.postgres.connect({ ...pooler.address(login, Object.keys(clients)[0] ?? ''), password: new Secret('guessed') });
      expect(stranger.ok).toBe(false);
      await admin.close();
      return ended as Record<Name, SharedConnection>;
    });
  } finally {
    for (const { pid, startedAt } of pids) expect(await context.edge.system.endProcess(pid, startedAt, ['SIGQUIT', 'SIGKILL'])).toBe(true);
    rmSync(folder, { recursive: true, force: true });
  }
}

test('what a client leaves on the connection is met by the next one, and what it leaves is shown to be seen', async () => {
  const ended = await shared({
    local: { sql: ["set local app.tenant_id = 'a'"] },
    set: { sql: ["set app.tenant_id = 'a'"] },
    enter: { sql: ["select app.enter('a')"], readOnly: true },
    entertransaction: { sql: ["select app.enter_transaction('a')"] },
    path: { sql: ['set search_path = app'] },
    prepared: { sql: ['prepare p as select 1'] },
    locked: { sql: ['select pg_advisory_lock(7)'] },
    listening: { sql: ['listen news'] },
    temporary: { sql: ['create temporary table draft (id int)'] },
    ondrop: { sql: ['create temporary table draft (id int) on commit drop'] },
    cursor: { sql: ['declare c cursor with hold for select 1'] },
    role: { sql: ['set role pg_monitor'] },
    nothing: { sql: ['select 1'] },
    wrong: { sql: ['select wrong'] },
    hidden: { sql: ["select app.enter_secretly('a')"] },
  });
  const left = (name: keyof typeof ended) => {
    const end = ended[name];
    return end.kind === 'tried' ? end.left.map(({ kind, name: of, value }) => [kind, of, ...(value === undefined ? [] : [value])].join(' ')) : end.reason;
  };
  expect(left('set')).toEqual(['setting app.tenant_id a']);
  expect(left('enter')).toEqual(['setting app.tenant_id a']);
  expect(left('path')).toEqual(['setting search_path app']);
  expect(left('prepared')).toEqual(['prepared-statement p']);
  expect(left('locked')).toEqual(['advisory-lock 0/7']);
  expect(left('listening')).toEqual(['listening news']);
  expect(left('temporary')).toEqual(['temporary-table draft']);
  expect(left('cursor')).toEqual(['cursor c']);
  expect(left('role')).toEqual(['role pg_monitor pg_monitor']);
  for (const name of ['local', 'entertransaction', 'ondrop'] as const) {
    expect(ended[name]).toMatchObject({ kind: 'tried', left: [], notSeen: [] });
    expect(ended[name]).toHaveProperty('seenToLeave', expect.arrayContaining(['SET', 'PREPARE', 'pg_advisory_lock()', 'LISTEN', 'CREATE TEMP TABLE']));
  }
  expect(ended.local).toHaveProperty('seenToLeave', expect.arrayContaining(['SET app.tenant_id']));
  // What can't be seen isn't held for clean.
  expect(ended.nothing).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('nothing was seen to change') });
  expect(ended.hidden).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('nothing was seen to change') });
  expect(ended.wrong).toMatchObject({ kind: 'doubt', sql: { sqlstate: '42703' } });
});

test('where connections are reset in between, clean ones prove nothing', async () => {
  const ended = await shared({ set: { sql: ["set app.tenant_id = 'a'"] } }, 'server_reset_query_always = 1');
  expect(ended.set).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('was not seen to be left either') });
});

test('two clients that don’t share a connection prove nothing', async () => {
  await withDatabase(18, '', async (address) => {
    await using admin = unwrap(await testContext().edge.postgres.connect(address));
    const ended = await shareConnection(testContext(), admin, { address, statements: ["set local app.x = 'a'"], readOnly: false, names: ['app.x'] });
    expect(ended).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('did not share') });
  });
});

test('names of settings are found in SQL', () => {
  expect(namesIn(`set app.tenant to 'x'; SET LOCAL "App".user = 'y'; select set_config('app.other', 'z', false)`)).toEqual([
    'app.other',
    'app.tenant',
    'App.user',
  ]);
});

test('a pooler that isn’t there is named', async () => {
  expect(await findPooler(testContext(), '/nowhere', 'pgbouncer')).toMatchObject({ ok: false, failure: { code: 'pooler-missing' } });
});
