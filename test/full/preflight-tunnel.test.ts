import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PreflightReport } from '../../src/core/preflight.ts';
import { openStandIn, type StandIn } from '../preflight/stand-in.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { startSshd } from '../support/sshd.ts';
import { makeFolder } from '../support/temporary-folder.ts';

let production: StandIn & AsyncDisposable;
beforeAll(async () => {
  production = await openStandIn(15);
});
afterAll(async () => {
  await production?.[Symbol.asyncDispose]();
});

/** Production's URL as its own network knows it. */
function urlBehind(host: string, port: string): string {
  const url = new URL(production.server.url('shop'));
  url.hostname = host;
  url.port = port;
  return url.href;
}

const troubles = ({ checks }: PreflightReport) =>
  checks
    .filter(({ outcome, required }) => required && (outcome === 'no-go' || outcome === 'unknown'))
    .map(({ check, outcome, summary }) => `${check} ${outcome}: ${summary}`);

test('a production that only a bastion reaches is looked at through ssh, and no tunnel is left', async () => {
  await using sshd = await startSshd();
  const { port } = new URL(production.server.url('shop'));
  const tunnel = { ssh: { host: 'bastion', configFile: sshd.configFile('project') } };
  const source = { url: urlBehind('localhost', port), tunnel };
  const report = await production.look({}, { source });
  expect(troubles(report)).toEqual([]);
  expect(report).toMatchObject({ decision: 'GO', exitCode: 0 });
  expect((await production.context.ledger.list()).filter(({ kind }) => kind === 'tunnel')).toEqual([]);
  await sshd.stop();
  const blind = await production.look({}, { source });
  expect(blind).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
  expect(blind.checks.find(({ check }) => check === 'schema')).toMatchObject({ outcome: 'unknown', summary: expect.stringContaining('ssh to bastion') });
  expect((await production.context.ledger.list()).filter(({ kind }) => kind === 'tunnel')).toEqual([]);
});

test('the same through Systems Manager, and a stopped bastion is no GO', async () => {
  await using aws = await FakeAws.start();
  const machine = {
    id: 'i-1',
    region: FakeAws.region,
    state: 'running' as const,
    tags: { role: 'bastion' },
    agent: { version: '3.3.2299.0', status: 'Online' as const },
  };
  aws.ec2.machines.push(machine);
  aws.servers.set('production.internal:5432', Number(new URL(production.server.url('shop')).port));
  const bin = makeFolder('pgr-plugin-');
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(import.meta.dirname, '../support/fake-aws/session-manager-plugin.js'), join(bin, 'session-manager-plugin'));
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  try {
    const tunnel = { ssm: { tag: { name: 'role', value: 'bastion' }, region: FakeAws.region } };
    const source = { url: urlBehind('production.internal', '5432'), tunnel };
    const report = await production.look({}, { source });
    expect(troubles(report)).toEqual([]);
    expect(report).toMatchObject({ decision: 'GO', exitCode: 0 });
    expect(aws.changes.map(({ action }) => action)).toEqual(['StartSession', 'TerminateSession']);
    expect(aws.ssm.sessions.size).toBe(0);
    aws.ec2.machines[0] = { ...machine, state: 'stopped' };
    const blind = await production.look({}, { source });
    expect(blind).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
    expect(blind.checks.find(({ check }) => check === 'schema')).toMatchObject({ outcome: 'unknown', summary: expect.stringContaining('stopped') });
  } finally {
    vi.unstubAllEnvs();
    rmSync(bin, { recursive: true, force: true });
  }
});
