import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import type { Address } from '../../src/core/server.ts';
import { message } from '../../src/record/proxy/messages.ts';
import { passSession } from '../../src/record/proxy/pass-session.ts';
import { type Admitted, type PassThrough, startPassThrough } from '../../src/record/proxy/start-pass-through.ts';
import { withDatabase } from '../support/databases.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { connectClient, runClient } from './proxy-client.ts';
import { query, RawClient } from './proxy-raw-client.ts';

async function passingTo(target: Address): Promise<{ readonly way: PassThrough; readonly admitted: Admitted[] }> {
  const admitted: Admitted[] = [];
  return { way: unwrap(await startPassThrough(testContext(), { target, onAdmitted: (one) => admitted.push(one) })), admitted };
}

const script = [
  'create table t(id int primary key, v text);',
  'copy t from stdin;\n1\ta\n2\tb\n\\.',
  'copy t from stdin;\n3\tc\nx\td\n\\.',
  'select 1 \\; select 2;',
  'copy (select repeat(g::text, 3) from generate_series(1, 20000) g) to stdout;',
  'begin; declare c cursor for select * from t; fetch 1 from c; savepoint s; select 1/0; rollback to s; fetch 1 from c; commit;',
  "do $$ begin raise notice 'theirs'; end $$; \\echo :HOST",
].join('\n');

test('psql says the same through it as without, and its process is told', async () => {
  await withDatabase(18, '', async (direct) => {
    await withDatabase(18, '', async (target) => {
      const { way, admitted } = await passingTo(target);
      await using _ = way;
      const without = await runClient('psql', direct, ['-a'], { input: script });
      expect(await runClient('psql', way.address, ['-a'], { input: script })).toEqual(without);
      const told = await runClient('psql', way.address, ['-Atc', 'select pg_backend_pid()']);
      expect(admitted).toMatchObject([{ database: target.database, replicates: false }, { pid: Number(told.stdout) }]);
      // A server without TLS says so, and so does what stands before it.
      const required = { env: { PGSSLMODE: 'require' } };
      const [insisting, insistingDirectly] = await Promise.all([way.address, direct].map((address) => runClient('psql', address, ['-c', ''], required)));
      expect(insisting?.code).toBe(2);
      expect(insisting?.stderr.replace(/port \d+/, '')).toBe(insistingDirectly?.stderr.replace(/port \d+/, ''));
    });
  });
});

test('a cancel request ends what its client runs, and a client that vanishes ends its session, also while rows come without end', async () => {
  await withDatabase(15, '', async (target, run) => {
    const { way } = await passingTo(target);
    await using _ = way;
    const sleeping = await connectClient(way.address);
    const slept = sleeping.query('select pg_sleep(600)').catch((error: Error) => error.message);
    const active = "select from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%' and state = 'active'";
    await untilTrue('it sleeps', async () => (await run(active)).rowCount === 1);
    const { processID: pid, secretKey: key } = sleeping as unknown as { processID: number; secretKey: number };
    using canceller = new RawClient(way.address);
    const request = Buffer.alloc(16);
    for (const [at, value] of [16, 80877102, pid, key].entries()) request.writeInt32BE(value, at * 4);
    canceller.socket.write(request);
    expect(await slept).toContain('canceling statement due to user request');
    await sleeping.end();
    {
      using endless = await RawClient.logIn(way.address);
      endless.socket.removeAllListeners('data');
      endless.socket.write(query('copy (select generate_series(1, 1000000000000)) to stdout'));
      await once(endless.socket, 'data');
    }
    const left = "select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
    await untilTrue('the server is rid of them', async () => (await run(left)).rowCount === 0);
  });
});

test('the process of a client that goes while it logs in is told all the same, and its rows are not waited for once it was in', async () => {
  const key = message(0x4b, Buffer.from([0, 0, 16, 1, 0, 0, 0, 7]));
  const ready = message(0x5a, Buffer.from('I'));
  for (const inFirst of [false, true]) {
    const [client, server] = [duplexPair(), duplexPair()];
    // Else it would never hear that somebody went.
    server[0].resume();
    const pids: number[] = [];
    const { ended } = passSession({ client: client[1], server: server[1], tlsBehind: false, onProcess: (pid) => pids.push(pid) });
    if (inFirst) {
      server[0].write(Buffer.concat([key, ready]));
      await once(client[0], 'data');
    }
    client[1].destroy();
    await once(client[1], 'close');
    expect(server[1].destroyed).toBe(inFirst);
    if (!inFirst) server[0].end(key);
    await ended;
    expect(pids).toEqual([4097]);
  }
});

test('who can’t get in hears why, and is told nowhere; closing ends those that are in', async () => {
  await withDatabase(18, '', async (target, run) => {
    const { way, admitted } = await passingTo(target);
    await using _ = way;
    await expect(connectClient({ ...way.address, user: 'nobody_of_this_name' })).rejects.toThrow('role "nobody_of_this_name" does not exist');
    expect(admitted).toEqual([]);
    const inside = await connectClient(way.address);
    const ended = new Promise((resolve) => void inside.once('end', resolve));
    await way.close();
    await ended;
    await untilTrue('the server is rid of it', async () => (await run(`select from pg_stat_activity where pid = ${admitted[0]?.pid}`)).rowCount === 0);
  });
  const { way, admitted } = await passingTo({ host: '127.0.0.1', port: 1, user: 'a', database: 'a', tls: 'disable' });
  await using _ = way;
  await expect(connectClient(way.address)).rejects.toThrow('nothing accepts connections at 127.0.0.1');
  expect(admitted).toEqual([]);
});

test('a server that asks for TLS and SCRAM is reached with it, by clients with and without', async () => {
  const isTls = 'select ssl::text as tls from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()';
  const hba = ['hostssl all all 127.0.0.1/32 scram-sha-256'];
  await withOwnServer(18, { hba, tls: true, settings: { password_encryption: 'scram-sha-256' } }, async ({ admin, tcp }) => {
    await ask(admin, "create role app login password 'right'");
    const { way, admitted } = await passingTo({ ...tcp, tls: 'require' });
    await using _ = way;
    const address = { ...way.address, user: 'app', password: new Secret('right') };
    for (const ssl of [false, { rejectUnauthorized: false }]) {
      const client = await connectClient(address, { ssl });
      expect((await client.query(isTls)).rows).toEqual([{ tls: 'true' }]);
      await client.end();
    }
    const { code, stdout } = await runClient('psql', address, ['-Atc', isTls], { env: { PGSSLMODE: 'disable' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'true\n' });
    expect(admitted).toHaveLength(3);
  });
});
