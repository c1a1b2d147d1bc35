import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer } from '../../../../test/support/databases.ts';
import { inFull } from '../../../../test/support/in-full.ts';
import { freePort } from '../../../../test/support/own-server.ts';
import { type Sshd, startSshd } from '../../../../test/support/sshd.ts';
import { patient, processesOf, proveBy, withTunnels } from '../../../../test/support/tunnel-tries.ts';
import { untilTrue } from '../../../../test/support/until-true.ts';
import { unwrap } from '../../../../test/support/unwrap.ts';
import type { Context } from '../../../core/ports.ts';
import { openTunnel } from '../open-tunnel.ts';

let sshd: Sshd;
let configFile: string;
const server = testServer(18);
const destination = { host: '127.0.0.1', port: server.port };

beforeAll(async () => {
  sshd = await startSshd();
  configFile = sshd.configFile('good');
});
afterAll(async () => {
  await sshd?.[Symbol.asyncDispose]();
});

/** @param file a configuration of ssh */
const open = (context: Context, file = configFile, { host = 'bastion', to = destination, pace = {} } = {}) =>
  openTunnel(context, { kind: 'ssh', host, configFile: file }, to, proveBy(context, { ...server, host: 'production.internal' }), { ...patient, ...pace });

test('a port is forwarded by the user’s own ssh, on the loopback interface, and ends with the tunnel', async () => {
  await withTunnels(async (context) => {
    await using tunnel = unwrap(await open(context));
    expect(tunnel).toMatchObject({ kind: 'ssh', host: '127.0.0.1' });
    await using session = unwrap(await context.edge.postgres.connect({ ...server, host: 'production.internal', hostAddress: tunnel.host, port: tunnel.port }));
    expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
    const [ssh] = processesOf(context);
    expect(ssh?.commandLine).toMatch(/-L 127\.0\.0\.1:\d+:127\.0\.0\.1:\d+ -- bastion/);
    expect(ssh?.commandLine).not.toMatch(/StrictHostKeyChecking|KnownHosts/);
    expect(await context.ledger.list()).toMatchObject([{ kind: 'tunnel', facts: { kind: 'ssh', through: 'bastion', pid: ssh?.pid, port: tunnel.port } }]);
    await tunnel[Symbol.asyncDispose]();
    expect(await context.ledger.list()).toEqual([]);
    expect(processesOf(context)).toEqual([]);
  });
});

test('a port that was taken meanwhile is exchanged for another one', async () => {
  await withTunnels(async (context) => {
    const { system } = context.edge;
    let asked = 0;
    const freePort = () => (asked++ === 0 ? Promise.resolve(server.port) : system.freePort());
    await using _tunnel = unwrap(await open({ ...context, edge: { ...context.edge, system: { ...system, freePort } } }));
    expect(asked).toBe(2);
  });
});

test('what ssh refuses, and why, is told apart', async () => {
  const { folder } = sshd;
  writeFileSync(join(folder, 'known-none'), '');
  writeFileSync(join(folder, 'known-other'), `[127.0.0.1]:${sshd.port} ${readFileSync(join(folder, 'stranger.pub'), 'utf8')}`);
  const unknown = sshd.configFile('unknown', `UserKnownHostsFile ${folder}/known-none`);
  const strict = sshd.configFile('strict', `UserKnownHostsFile ${folder}/known-none\nStrictHostKeyChecking yes`);
  const changed = sshd.configFile('changed', `UserKnownHostsFile ${folder}/known-other`);
  const nobody = sshd.configFile('nobody', `Host bastion\n  Port ${await freePort()}`);
  const lost = sshd.configFile('lost', 'Host bastion\n  HostName bastion..invalid');
  const odd = sshd.configFile('odd', 'ProxyJmup bastion');
  const cases = [
    ['an unknown key', unknown, 'ssh-host-key', 'Host key verification failed'],
    ['an unknown key, strictly', strict, 'ssh-host-key', 'host key is known for'],
    ['another key', changed, 'ssh-host-key', 'the host key has changed'],
    ['nobody listens', nobody, 'bastion-unreachable', 'Connection refused'],
    ['no such name', lost, 'bastion-unreachable', 'bastion..invalid'],
    ['a configuration that ssh doesn’t understand', odd, 'tunnel-failed', 'Bad configuration option'],
  ] as const;
  await withTunnels(async (context) => {
    for (const [what, file, code, words] of cases) {
      expect(await open(context, file), what).toMatchObject({ ok: false, failure: { code, message: expect.stringContaining(words) } });
    }
  });
});

if (inFull)
  test('a key that isn’t wanted there', async () => {
    await using other = await startSshd('AuthorizedKeysFile /dev/null');
    await withTunnels(async (context) => {
      const refused = await open(context, other.configFile('c'));
      expect(refused).toMatchObject({ ok: false, failure: { code: 'ssh-permission-denied', rootCause: 'authentication' } });
    });
  });

test('forwarding that isn’t permitted, and a server that nobody is at', async () => {
  await using strict = await startSshd('PermitOpen none');
  await withTunnels(async (context) => {
    expect(await open(context, strict.configFile('c'))).toMatchObject({ ok: false, failure: { code: 'ssh-forwarding-denied' } });
    const to = { host: '127.0.0.1', port: await freePort() };
    expect(await open(context, configFile, { to })).toMatchObject({
      ok: false,
      failure: { code: 'tunnel-destination-refused', message: `bastion can’t connect to 127.0.0.1:${to.port}: connect failed: Connection refused` },
    });
  });
});

test('a connection that is cut in the middle of a COPY is made again behind the same port', async () => {
  await withTunnels(async (context) => {
    await using tunnel = unwrap(await open(context));
    const at = { ...server, hostAddress: tunnel.host, port: tunnel.port };
    const copying = unwrap(await context.edge.postgres.connect(at));
    const rows = copying.copyOut(
      "copy (select repeat('x', 1000) from generate_series(1, 1000) a, generate_series(1, 1000) b, generate_series(1, 1000) c) to stdout",
    );
    let chunks = 0;
    const error = await (async () => {
      for await (const _ of rows) if (++chunks === 3) sshd.cut();
    })().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fields: { sqlstate: '08006' } });
    const connect = () => context.edge.postgres.connect(at, { timeoutMs: 120_000 });
    let connected = await connect();
    while (!connected.ok) connected = await connect();
    expect(await connected.value.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(context.events.filter(({ type }) => type === 'tunnel')).toMatchObject([
      { what: 'opened' },
      { what: 'broke', failure: { code: 'tunnel-lost' } },
      { what: 'opened-again' },
    ]);
    await connected.value.close();
    await copying.close();
  });
});

if (inFull)
  test('a bastion that goes for good', async () => {
    await using mortal = await startSshd();
    await withTunnels(async (context) => {
      await using tunnel = unwrap(await open(context, mortal.configFile('c'), { pace: { reopenings: 2 } }));
      await mortal.stop();
      await untilTrue('the tunnel is given up', async () => tunnel.failure !== undefined);
      expect(tunnel.failure).toMatchObject({ code: 'bastion-unreachable', message: expect.stringContaining('Connection refused') });
    });
  });

test('a host name that looks like an option is none', async () => {
  await withTunnels(async (context) => {
    const made = join(sshd.folder, 'made');
    const opened = await open(context, configFile, { host: `-oProxyCommand=touch ${made}` });
    expect(opened).toMatchObject({ ok: false });
    expect(existsSync(made)).toBe(false);
  });
});
