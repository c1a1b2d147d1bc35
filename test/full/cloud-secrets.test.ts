import { join } from 'node:path';
import { expect, test } from 'vitest';
import { azureProject, productionPassword as ofAzure } from '../program/azure-stage.ts';
import { type CloudStage, cloudProject, commandLines, inFiles, productionPassword } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import type { CliOptions, CliOutcome } from '../support/run-cli.ts';
import { startSshd } from '../support/sshd.ts';

const quick = { traffic: { enabled: false }, interruptions: { enabled: false } };
const ssm = { ssm: { tag: { name: 'role', value: 'bastion' } } };

/** What a stage of any cloud has. */
interface Stage {
  readonly folder: string;
  readonly home: string;
  readonly cli: (args: readonly string[], options?: CliOptions) => Promise<CliOutcome>;
}

/** Clones, rehearses and lists with a look at all command lines all the while; then nothing that was written or said may hold one of the secrets. */
async function expectSecretsKept(stage: Stage, program: RegExp, secrets: () => readonly (string | undefined)[]): Promise<void> {
  const seen = new Set<string>();
  const timer = setInterval(() => commandLines().forEach((line) => void seen.add(line)), 20);
  const said: string[] = [];
  try {
    for (const command of [
      ['clone', '--yes'],
      ['run', '--yes'],
      ['doctor', '--json'],
    ]) {
      const { exitCode, stdout, stderr } = await stage.cli(command);
      // Nothing in the repo makes production's tables, so that a run can't pass.
      expect([0, 3], `${command.join(' ')}: ${stdout}${stderr}`).toContain(exitCode);
      said.push(stdout, stderr);
    }
  } finally {
    clearInterval(timer);
  }
  const lines = [...seen];
  expect(lines.some((line) => program.test(line))).toBe(true);
  expect(inFiles(join(stage.folder, '.pgrehearse/runs'), 'run-finished').length).toBeGreaterThan(0);
  const canaries = [...new Set(secrets())];
  expect(canaries.length).toBeGreaterThan(3);
  for (const secret of canaries) {
    if (secret === undefined) throw new Error('a secret was never used');
    expect(secret.length).toBeGreaterThan(15);
    for (const form of new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])) {
      expect(lines.filter((line) => line.includes(form))).toEqual([]);
      expect([...inFiles(stage.folder, form), ...inFiles(stage.home, form)]).toEqual([]);
      expect(said.filter((text) => text.includes(form))).toEqual([]);
    }
  }
}

/** Passwords that were set, tokens of sessions, the caller's own key, and production's password. */
const secretsOf =
  ({ aws }: CloudStage, ofProduction: string) =>
  () => {
    const passwords = aws.calls.flatMap(({ params }) => (typeof params.MasterUserPassword === 'string' ? [params.MasterUserPassword] : []));
    return [...passwords, ...aws.ssm.tokens, aws.environment.AWS_SECRET_ACCESS_KEY, ofProduction];
  };

test('on RDS through Systems Manager no secret is seen, written or said', async () => {
  await using stage = await cloudProject({}, quick);
  await expectSecretsKept(stage, /session-manager-plugin/, secretsOf(stage, productionPassword));
  expect(stage.aws.ssm.tokens.length).toBeGreaterThan(1);
});

test('on RDS through ssh no secret is seen, written or said', async () => {
  await using sshd = await startSshd();
  await using stage = await cloudProject({ tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('c') } } }, quick);
  stage.aws.rds.circumstances.endpoints = 'localhost';
  await expectSecretsKept(stage, /ssh .*bastion/, secretsOf(stage, productionPassword));
});

test('on Aurora through Systems Manager no secret is seen, written or said', async () => {
  await using stage = await cloudProject({}, quick);
  const ofCluster = 'canary-of-the-cluster';
  const given = { account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: ofCluster } as const;
  const cluster = await stage.aws.rds.addCluster({ id: 'shop', ...given });
  await cluster.server?.ask('create table public.customers (id int primary key)', [], 'postgres', 'owner');
  const { account, region } = FakeAws;
  stage.configure({ source: { aurora: { cluster: 'shop', account, region, pollSeconds: 0.05, tunnel: ssm, tlsRootCertificate: cloudAuthority } } });
  await expectSecretsKept(stage, /session-manager-plugin/, secretsOf(stage, ofCluster));
});

test('on Azure through ssh no secret is seen, written or said', async () => {
  await using sshd = await startSshd();
  await using stage = await azureProject();
  const subnet = { delegatedSubnetResourceId: '/subscriptions/s/subnets/own', privateDnsZoneArmResourceId: '/subscriptions/s/privateDnsZones/own' };
  Object.assign(stage.production, { network: subnet });
  stage.configure({ allowFrom: undefined, tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('c') } } }, quick);
  await expectSecretsKept(stage, /ssh .*bastion/, () => {
    const bodies = stage.azure.calls.map(({ body }) => body as { properties?: { administratorLoginPassword?: string } } | undefined);
    const passwords = bodies.flatMap((body) =>
      body?.properties?.administratorLoginPassword === undefined ? [] : [body.properties.administratorLoginPassword],
    );
    return [...passwords, ...stage.azure.tokens, stage.azure.environment.AZURE_CLIENT_SECRET, ofAzure];
  });
});

test('--dry-run and doctor make no call that changes anything, in any cloud, on this machine or in place', async () => {
  await using stage = await cloudProject({}, quick);
  const { account, region } = FakeAws;
  await stage.aws.rds.addCluster({ id: 'shop', account, region, major: 15, master: 'owner', password: 'of production' });
  await using azure = await azureProject();
  const rds = { instance: 'production', account, region, tunnel: ssm };
  for (const source of [
    { rds },
    { rds: { ...rds, snapshot: { kmsKey: 'ours', freshnessHours: 0 } } },
    { aurora: { cluster: 'shop', account, region, tunnel: ssm } },
    { aurora: { cluster: 'shop', account, region, tunnel: ssm, snapshot: {} } },
  ]) {
    for (const target of [undefined, 'throwaway', { throwaway: { secondClones: 'restore' } }]) {
      stage.configure({ source, target });
      const planned = await stage.cli(['clone', '--dry-run', '--yes']);
      expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing was made or changed.') });
      // The price is another region's, and says so.
      if ('rds' in source) expect(planned.stdout).toContain('by us-east-1’s list price');
      expect(await stage.cli(['doctor'])).toMatchObject({ exitCode: 0 });
    }
  }
  for (const target of [undefined, 'throwaway']) {
    azure.configure({ pointInTime: undefined }, { target });
    expect(await azure.cli(['clone', '--dry-run', '--yes'])).toMatchObject({ exitCode: 0 });
    await azure.cli(['doctor']);
  }
  expect({ aws: stage.aws.changes, azure: azure.azure.changes, ledger: stage.ledgerKinds() }).toEqual({ aws: [], azure: [], ledger: [] });
});
