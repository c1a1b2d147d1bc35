import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { syncOnce, syncSettings, urlOf } from '../sync/sync-stage.ts';

const unmasked = { settings: { masking: undefined } };
type Synced = Awaited<ReturnType<typeof syncOnce>>;
const toldOf = ({ tables }: Synced) =>
  [...tables.values()].map(({ outcome, holds, sqlstate }) => [outcome, holds, sqlstate].filter((one) => one !== undefined).join(' '));

const ten = Array.from({ length: 10 }, (_, at) => `t${at}`);
const make = (v: string) =>
  ten.map((name) => `create table ${name} (id int primary key, v text); insert into ${name} select n, '${v}' from generate_series(1, 20) n`).join(';');

test('a table that fails in the middle of ten: it alone, or all, keep their rows; a lock is waited for as long as configured', async () => {
  await withDatabase(15, `${make('new')}; analyze`, async (there) => {
    await withDatabase(18, `${make('old')}; alter table t4 add check (v <> 'new' or id < 20)`, async (here, run) => {
      const held = `select ${ten.map((name) => `(select count(*) from ${name} where v = 'new')`).join(' + ')} as n`;
      const all = await syncOnce(there, here, { ...unmasked, sync: { tables: { transaction: 'all' } } });
      expect([all.result.verdict.kind, all.result.exitCode, ...toldOf(all)]).toEqual([
        'BLOCKER',
        1,
        ...ten.map((name) => (name === 't4' ? 'failed 20 23514' : 'undone 20')),
      ]);
      expect((await run(held)).rows).toEqual([{ n: '0' }]);
      const each = await syncOnce(there, here, unmasked);
      expect([each.result.verdict.kind, each.result.exitCode, ...toldOf(each)]).toEqual([
        'BLOCKER',
        1,
        ...ten.map((name) => (name === 't4' ? 'failed 20 23514' : 'synced 20')),
      ]);
      expect((await run(held)).rows).toEqual([{ n: '180' }]);

      const holder = new pg.Client({ connectionString: urlOf(here) });
      await holder.connect();
      await holder.query("begin; update t7 set v = 'by the application' where id = 1");
      const locked = await syncOnce(there, here, { ...unmasked, tables: ['t6', 't7'], sync: { staging: { url: urlOf(here), lockTimeoutSeconds: 0.5 } } });
      await holder.end();
      expect(toldOf(locked)).toEqual(['synced 20', 'failed 20 55P03']);
      expect(locked.result.verdict).toMatchObject({ kind: 'BLOCKER', rootCause: 'lock' });
      expect(locked.tables.get('public.t7')?.cure).toContain('sync.staging.lockTimeoutSeconds');
    });
  });
});

/** A way to a server that keeps what is sent to it. */
async function listenOn(to: Address) {
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to.port, to.host);
    near.on('data', (chunk) => sent.push(chunk));
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    address: { ...to, port },
    sent: () => Buffer.concat(sent),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

test('what is masked reaches neither staging, nor the wire to it, nor anything that is written down; not by an error either', async () => {
  const canary = 'canary-7f3a9e';
  const schema = 'create table users (id int primary key, email text, note int); create table spoilt (id int primary key, email text, n text)';
  const rows = `insert into users values (1, '${canary}@private.example', 5); insert into spoilt values (1, '${canary}@private.example', '${canary}'); analyze`;
  await withDatabase(15, `${schema}; ${rows}`, async (there) => {
    await withDatabase(18, `${schema.replace('n text', 'n int')}`, async (here, run) => {
      await using way = await listenOn(here);
      await withFolder({}, async (folder) => {
        const columns = { 'public.users.email': { constant: 'nobody@masked.invalid' }, 'public.spoilt.email': 'fake:email' } as const;
        const values = {
          'public.spoilt.n': '(n || (select email from public.users limit 0))::pg_catalog.int4 + 1 / (pg_catalog.length(n) - 13) + n::pg_catalog.int4',
        };
        const settings = syncSettings(there, way.address, { settings: { masking: { columns } }, sync: { tables: { values } } });
        const context = testContext();
        unwrap(await stampStaging(context, { settings, folder }));
        const result = unwrap(await sync(context, { settings, folder, toolVersion: '0.0.0' }));
        expect([result.verdict.kind, result.exitCode]).toEqual(['BLOCKER', 1]);
        expect((await run('select email from users')).rows).toEqual([{ email: 'nobody@masked.invalid' }]);
        expect(way.sent().includes('nobody@masked.invalid')).toBe(true);
        expect(way.sent().includes(canary)).toBe(false);
        expect(JSON.stringify(context.events)).not.toContain(canary);
        const files = filesUnder(folder);
        expect(files.length).toBeGreaterThan(3);
        for (const file of files) expect([file, readFileSync(file).includes(canary)]).toEqual([file, false]);
      });
    });
  });
});

test.each([
  ['LATIN1', 'refused'],
  ['SQL_ASCII', 'synced'],
] as const)('a staging in %s has what production has, letter by letter, or says which it can’t write', async (encoding, outcome) => {
  const table = 'create table t (id int primary key, v text, j jsonb, n name, c char(8), vs text[]); create table w (v text)';
  const rows = "insert into t values (1, 'Zoë', '\"Zoë\"', 'Zoë', 'Zoë', '{Zoë}'); insert into w values ('名'); analyze";
  await withDatabase(15, `${table}; ${rows}`, async (there) => {
    const database = `t_${encoding.toLowerCase()}_${process.pid}`;
    await ask(testServer(18), `create database ${database} template template0 encoding '${encoding}' locale 'C'`);
    const here = { ...testServer(18), database };
    try {
      await ask(here, table);
      const synced = await syncOnce(there, here, unmasked);
      expect(toldOf(synced)).toEqual(['synced 1', outcome === 'synced' ? 'synced 1' : 'failed 0 22P05']);
      expect(await ask(here, "select encode(convert_to(v, 'UTF8'), 'hex') as v from t")).toEqual([{ v: Buffer.from('Zoë').toString('hex') }]);
    } finally {
      await ask(testServer(18), `drop database ${database} with (force)`);
    }
  });
});
