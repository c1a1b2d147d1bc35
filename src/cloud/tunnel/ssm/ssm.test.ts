import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { testServer } from '../../../../test/support/databases.ts';
import { FakeAws } from '../../../../test/support/fake-aws/fake-aws.ts';
import { inFull } from '../../../../test/support/in-full.ts';
import { withFolder } from '../../../../test/support/temporary-folder.ts';
import { patient, processesOf, proveBy, withTunnels } from '../../../../test/support/tunnel-tries.ts';
import { untilTrue } from '../../../../test/support/until-true.ts';
import { unwrap } from '../../../../test/support/unwrap.ts';
import type { Tunnel, TunnelWish } from '../../../core/cloud.ts';
import type { Failure } from '../../../core/failure.ts';
import type { Context } from '../../../core/ports.ts';
import type { Result } from '../../../core/result.ts';
import { openTunnel } from '../open-tunnel.ts';

let aws: FakeAws;
const destination = { host: 'production.internal', port: 5432 };
const server = { ...testServer(18), host: destination.host };
const agent = { version: '3.3.2299.0', status: 'Online' } as const;
const machine = { region: FakeAws.region, state: 'running', tags: { Name: 'door' }, agent } as const;
const through = (bastion: Extract<TunnelWish, { kind: 'ssm' }>['bastion']): TunnelWish => ({ kind: 'ssm', access: { region: FakeAws.region }, bastion });
const byId = through({ instanceId: 'i-1' });

beforeAll(async () => {
  aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.programEnvironment)) vi.stubEnv(name, value);
  vi.stubEnv('DATABASE_URL', 'postgres://canary');
  aws.servers.set('production.internal:5432', testServer(18).port);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws[Symbol.asyncDispose]();
});
beforeEach(() => {
  aws.ec2.machines.splice(0, aws.ec2.machines.length, { id: 'i-1', ...machine });
  aws.network = { mood: 'good' };
  aws.calls.length = 0;
});
afterEach(() => {
  expect([...aws.ssm.sessions.keys()]).toEqual([]);
});

const open = (context: Context, wish = byId, pace = {}) => openTunnel(context, wish, destination, proveBy(context, server), { ...patient, ...pace });

async function failureOf(opening: Promise<Result<Tunnel>>): Promise<Failure> {
  const opened = await opening;
  if (opened.ok) {
    await opened.value[Symbol.asyncDispose]();
    throw new Error('it opened');
  }
  return opened.failure;
}

test('a session is begun by the API and carried by the plugin, its token in nobody’s list of processes, and ends with the tunnel', async () => {
  await withTunnels(async (context) => {
    await using tunnel = unwrap(await open(context, through({ tag: { name: 'Name', value: 'door' } })));
    expect(tunnel).toMatchObject({ kind: 'ssm', host: '127.0.0.1' });
    await using session = unwrap(await context.edge.postgres.connect({ ...server, hostAddress: tunnel.host, port: tunnel.port }));
    expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);

    const [line] = await context.ledger.list();
    const [id, one] = [...aws.ssm.sessions][0] ?? [];
    expect(one).toMatchObject({ target: 'i-1', document: 'AWS-StartPortForwardingSessionToRemoteHost', reason: `pgrehearse ${line?.id}` });
    const { pid, commandLine, environment } = processesOf(context)[0] ?? {};
    expect(line?.facts).toEqual({
      ...{ kind: 'ssm', account: FakeAws.account, destination: 'production.internal:5432', through: 'Name=door', region: FakeAws.region, bastion: 'i-1' },
      ...{ port: tunnel.port, session: id, pid, processStartedAt: expect.any(String) },
    });
    const variable = 'AWS_SSM_START_SESSION_RESPONSE=';
    const answer = environment?.find((entry) => entry.startsWith(variable))?.slice(variable.length) ?? '{}';
    const token = (JSON.parse(answer) as { TokenValue: string }).TokenValue;
    expect(token.length).toBeGreaterThan(10);
    expect(commandLine).not.toContain(token);
    expect(JSON.stringify([line, context.events])).not.toContain(token);
    expect(environment?.filter((entry) => /canary|^PGREHEARSE_(?!RESOURCE)/.test(entry))).toEqual([]);

    await tunnel[Symbol.asyncDispose]();
    expect(await context.ledger.list()).toEqual([]);
    expect(aws.calls.map(({ action }) => action)).toContain('TerminateSession');
    expect(context.events.map((event) => ('what' in event ? `${event.type} ${event.what}` : event.type))).toEqual([
      'resource planned',
      'resource made',
      'tunnel opened',
      'resource removed',
    ]);
    expect(await context.edge.postgres.connect({ ...server, hostAddress: tunnel.host, port: tunnel.port })).toMatchObject({ ok: false });
  });
});

test.each([
  ['refused', 'tunnel-destination-refused', 'the machine in between can’t connect to production.internal:5432'],
  ['idle', 'tunnel-lost', 'Your session timed out due to inactivity'],
] as const)('a network that is %s: %s', async (mood, code, words) => {
  aws.network = { mood };
  await withTunnels(async (context) => {
    const failure = await failureOf(open(context));
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await context.ledger.list()).toEqual([]);
  });
});

if (inFull)
  test('a network that swallows everything for longer than a tunnel is waited for', async () => {
    aws.network = { mood: 'silent' };
    await withTunnels(async (context) => {
      expect(await failureOf(open(context, byId, { openMs: 500 }))).toMatchObject({ code: 'tunnel-timed-out' });
    });
  });

if (inFull)
  test('a port that somebody else has is not taken for the plugin’s, though a server answers there', async () => {
    await withTunnels(async (context) => {
      const { system } = context.edge;
      const elsewhere = { ...context, edge: { ...context.edge, system: { ...system, freePort: () => Promise.resolve(server.port) } } };
      expect(await failureOf(open(elsewhere, byId, { openMs: 300 }))).toMatchObject({ code: 'tunnel-port-taken' });
    });
  });

test('what the server behind says itself is handed on: the way is open', async () => {
  await withTunnels(async (context) => {
    const prove = proveBy(context, { ...server, database: 'nowhere', user: 'nobody_at_all' });
    const failure = await failureOf(openTunnel(context, byId, destination, prove, patient));
    expect(failure).toMatchObject({ code: 'authentication-failed', sql: { sqlstate: '28000' } });
  });
});

const door = (id: string, more: object = {}) => ({ id, ...machine, ...more });
const tagged = through({ tag: { name: 'Name', value: 'door' } });
const unusable = [
  ['none', [], tagged, 'bastion-missing', 'there is no machine with the tag Name=door in eu-central-1'],
  ['none of the id', [], byId, 'bastion-missing', 'there is no machine i-1 in eu-central-1'],
  ['one that is gone', [door('i-1', { state: 'terminated' })], byId, 'bastion-missing', 'i-1 (terminated, door)'],
  ['a stopped one', [door('i-1', { state: 'stopped' })], byId, 'bastion-unusable', 'i-1 (stopped, door)'],
  [
    'stopped ones',
    [door('i-2', { state: 'stopped' }), door('i-1', { state: 'stopping' })],
    tagged,
    'bastion-unusable',
    'i-1 (stopping, door), i-2 (stopped, door)',
  ],
  [
    'several',
    [door('i-2'), door('i-1'), door('i-3', { state: 'stopped' })],
    tagged,
    'bastion-ambiguous',
    '2 running machines in eu-central-1 have the tag Name=door: i-1 (running, door), i-2 (running, door)',
  ],
  ['one whose tag only looks alike', [door('i-1')], through({ tag: { name: 'Name', value: 'd*r' } }), 'bastion-missing', 'with the tag Name=d*r'],
  [
    'several with an odd tag',
    [door('i-1', { tags: { Name: 'a\\*?"' } }), door('i-2', { tags: { Name: 'a\\*?"' } }), door('i-3', { tags: { Name: 'a\\xy"' } })],
    through({ tag: { name: 'Name', value: 'a\\*?"' } }),
    'bastion-ambiguous',
    'i-1 (running, a\\*?"), i-2 (running, a\\*?")',
  ],
  ['one without agent', [door('i-1', { agent: undefined })], byId, 'bastion-not-connected', 'Systems Manager in eu-central-1 doesn’t know i-1'],
  ['one whose agent is away', [door('i-1', { agent: { ...agent, status: 'ConnectionLost' } })], byId, 'bastion-not-connected', 'ConnectionLost'],
  ['one whose agent is old', [door('i-1', { agent: { ...agent, version: '3.1.1260.0' } })], byId, 'bastion-agent-old', '3.1.1260.0'],
] as const;
test('machines in between that can’t be used are told apart, and nothing is begun', async () => {
  await withTunnels(async (context) => {
    for (const [what, machines, wish, code, words] of unusable) {
      aws.ec2.machines.splice(0, aws.ec2.machines.length, ...machines.map((one) => ({ ...one })));
      expect(await failureOf(open(context, wish)), what).toMatchObject({ code, message: expect.stringContaining(words) });
    }
    expect(aws.changes).toEqual([]);
  });
});

if (inFull)
  test('of several machines with the tag, the one that runs is taken', async () => {
    aws.ec2.machines.push(door('i-0', { state: 'stopped' }), door('i-9', { region: 'us-east-1' }));
    await withTunnels(async (context) => {
      await using _tunnel = unwrap(await open(context, tagged));
      expect([...aws.ssm.sessions.values()]).toMatchObject([{ target: 'i-1' }]);
    });
  });

test.each([
  ['StartSession', 'TargetNotConnected', 'bastion-not-connected'],
  ['StartSession', 'AccessDeniedException', 'cloud-access-denied'],
  ['DescribeInstances', 'ExpiredToken', 'cloud-credentials'],
] as const)('%s answered with %s is %s', async (action, answer, code) => {
  aws.fault = (call) => (call.action === action ? { what: 'error', code: answer, status: 400 } : undefined);
  try {
    await withTunnels(async (context) => expect(await failureOf(open(context))).toMatchObject({ code }));
  } finally {
    aws.fault = () => undefined;
  }
});

test('a session whose beginning nobody heard of is found by its reason, and ended', async () => {
  aws.next('StartSession', { what: 'lose' });
  await withTunnels(async (context) => {
    await using tunnel = unwrap(await open(context));
    // The SDK has asked again by itself.
    expect(aws.ssm.sessions.size).toBe(2);
    await tunnel[Symbol.asyncDispose]();
    expect(aws.ssm.sessions.size).toBe(0);
  });
});

test('no plugin, and one that would show the token', async () => {
  await withFolder({}, async (folder) => {
    await withTunnels(async (context) => {
      const onPath = (name: string) => (name === 'session-manager-plugin' ? Promise.resolve(undefined) : context.edge.system.onPath(name));
      const without = { ...context, edge: { ...context.edge, system: { ...context.edge.system, onPath } } };
      expect(await failureOf(open(without))).toMatchObject({ code: 'tunnel-program-missing', object: 'session-manager-plugin' });
      const old = join(folder, 'session-manager-plugin');
      writeFileSync(old, '#!/bin/sh\necho 1.2.497.0\n', { mode: 0o755 });
      const withOld = { ...context, edge: { ...context.edge, system: { ...context.edge.system, onPath: () => Promise.resolve(old) } } };
      expect(await failureOf(open(withOld))).toMatchObject({ code: 'tunnel-plugin-old', message: expect.stringContaining('1.2.497.0') });
      expect(aws.changes).toEqual([]);
    });
  });
});

test('a tunnel that breaks in the middle of a COPY is opened again behind the same port', async () => {
  aws.network = { mood: 'drops', dropAfterBytes: 300_000 };
  await withTunnels(async (context) => {
    // Where it is opened again, the network has calmed.
    const emit: Context['emit'] = (event) => {
      if (event.type === 'tunnel' && event.what === 'broke') aws.network = { mood: 'good' };
      context.emit(event);
    };
    await using tunnel = unwrap(await open({ ...context, emit }));
    const at = { ...server, hostAddress: tunnel.host, port: tunnel.port };
    const copying = unwrap(await context.edge.postgres.connect(at));
    const [first] = aws.ssm.sessions.keys();
    let bytes = 0;
    const rows = copying.copyOut(
      "copy (select repeat('x', 1000) from generate_series(1, 1000) a, generate_series(1, 1000) b, generate_series(1, 1000) c) to stdout",
    );
    const error = await (async () => {
      for await (const chunk of rows) bytes += (chunk as Buffer).length;
    })().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fields: { sqlstate: '08006' } });
    expect(bytes).toBeGreaterThan(0);
    // Whoever comes while there is no way waits for the next one; who comes in the moment of the break goes down with it.
    const connect = () => context.edge.postgres.connect(at, { timeoutMs: 120_000 });
    let connected = await connect();
    while (!connected.ok) connected = await connect();
    const again = connected.value;
    expect(await again.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(context.events.filter(({ type }) => type === 'tunnel')).toMatchObject([
      { what: 'opened' },
      { what: 'broke', failure: { code: 'tunnel-lost', message: expect.stringContaining('timed out due to inactivity') } },
      { what: 'opened-again' },
    ]);
    // The broken session was ended, and the line knows the new one.
    expect([...aws.ssm.sessions.keys()]).toEqual([(await context.ledger.list())[0]?.facts.session]);
    expect([...aws.ssm.sessions.keys()]).not.toEqual([first]);
    await again.close();
    await copying.close();
  });
});

test('a tunnel that can’t be opened again is given up with the reason, and turns away whoever comes', async () => {
  await withTunnels(async (context) => {
    await using tunnel = unwrap(await open(context, byId, { reopenings: 2 }));
    aws.ec2.machines.splice(0, 1, door('i-1', { state: 'stopped' }));
    process.kill(processesOf(context)[0]?.pid ?? 0, 'SIGKILL');
    await untilTrue('the tunnel is given up', async () => tunnel.failure !== undefined);
    expect(tunnel.failure).toMatchObject({ code: 'bastion-unusable', message: expect.stringContaining('is given up, it was opened again 2 times') });
    expect(await context.edge.postgres.connect({ ...server, hostAddress: tunnel.host, port: tunnel.port })).toMatchObject({ ok: false });
    expect(context.events.filter(({ type }) => type === 'tunnel').map((event) => 'what' in event && event.what)).toEqual(['opened', 'broke', 'given-up']);
  });
});

test('a quiet way is spoken through', async () => {
  await withTunnels(async (context) => {
    const spoken: number[] = [];
    const openWire: Context['edge']['postgres']['openWire'] = (address, signal) => {
      spoken.push(address.port);
      return context.edge.postgres.openWire(address, signal);
    };
    const listening = { ...context, edge: { ...context.edge, postgres: { ...context.edge.postgres, openWire } } };
    await using _tunnel = unwrap(await open(listening, byId, { keepAliveMs: 5 }));
    const before = spoken.length;
    await untilTrue('it was spoken through again and again', async () => spoken.length > before + 5);
    expect(context.events.filter(({ type }) => type === 'tunnel')).toHaveLength(1);
  });
});

if (inFull)
  test('a plugin that lives and lets nothing through any more is replaced', async () => {
    await withTunnels(async (context) => {
      await using tunnel = unwrap(await open(context, byId, { keepAliveMs: 20, exchangeMs: 2_000, reopenings: 100 }));
      const [stuck] = processesOf(context);
      process.kill(stuck?.pid ?? 0, 'SIGSTOP');
      const told = (what: string) => context.events.some((event) => event.type === 'tunnel' && event.what === what);
      await untilTrue('the tunnel is open again', async () => told('opened-again'));
      expect(context.events.find((event) => event.type === 'tunnel' && event.what === 'broke')).toMatchObject({
        failure: { message: 'nothing came through the tunnel to production.internal:5432 any more' },
      });
      expect(processesOf(context).map(({ pid }) => pid)).not.toContain(stuck?.pid);
      const connect = () => context.edge.postgres.connect({ ...server, hostAddress: tunnel.host, port: tunnel.port }, { timeoutMs: 120_000 });
      let connected = await connect();
      while (!connected.ok) connected = await connect();
      await connected.value.close();
    });
  });
