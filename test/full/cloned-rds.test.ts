import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
});
afterEach(() => {
  stage.aws.fault = () => undefined;
});
afterAll(() => stage[Symbol.asyncDispose]());

const failureOf = (stdout: string) => (JSON.parse(stdout) as { failure: Failure }).failure;

test('nothing is made unless somebody agrees, and in CI not unless the account is told', async () => {
  const calls = stage.aws.calls.length;
  for (const [args, env] of [
    [['clone'], {}],
    [['clone', '--yes'], { CI: 'true' }],
    [['clone', '--yes', '--account', '999900001111'], {}],
    [['clone', '--yes'], { CI: 'true', PGREHEARSE_ACCOUNT: '999900001111' }],
  ] as const) {
    const { exitCode, stdout } = await stage.cli([...args, '--json'], { env });
    expect({ exitCode, failure: failureOf(stdout).code }).toEqual({ exitCode: 2, failure: 'cloud-not-permitted' });
  }
  expect(stage.aws.calls).toHaveLength(calls);
});

test.each([
  ['through a tunnel', 'private', { ssm: { tag: { name: 'role', value: 'bastion' } } }],
  ['without one', 'localhost', 'none'],
] as const)('a server that knows its new password later than the cloud says so is waited for, %s', async (_, endpoints, tunnel) => {
  const { circumstances, instances } = stage.aws.rds;
  stage.configureSource({ tunnel });
  circumstances.endpoints = endpoints;
  let learn: (() => Promise<void>) | undefined;
  let isKnown = false;
  stage.aws.fault = ({ action, params }) => {
    const server = instances.get(String(params.DBInstanceIdentifier))?.server;
    if (action !== 'ModifyDBInstance' || server === undefined || learn !== undefined) return undefined;
    const setPassword = server.setPassword.bind(server);
    server.setPassword = async (user, password) => {
      learn = () => setPassword(user, password);
    };
    return undefined;
  };
  const { exitCode, stderr } = await stage.cli(['clone', '--yes'], {
    during: (child, output) =>
      child.stderr?.on('data', () => {
        if (!output().includes('doesn’t know the new password yet') || isKnown) return;
        isKnown = true;
        void learn?.();
      }),
  });
  circumstances.endpoints = 'private';
  stage.configureSource({});
  expect({ exitCode, stderr, left: stage.leftInCloud() }).toMatchObject({ exitCode: 0, left: [] });
  expect(stderr).toContain('doesn’t know the new password yet');
});

test('--dry-run tells what it costs: by another region’s list with the disk, or by the team’s own price; and a price that can’t be is refused', async () => {
  const costs = async () => (await stage.cli(['clone', '--dry-run'])).stdout.split('\n').filter((line) => /^(?:Cost:| {5}) {7}/.test(line));
  expect(await costs()).toEqual([
    expect.stringMatching(
      /^Cost: {7}about \$0\.\d+ an hour for db\.m6g\.large with its disk, by us-east-1’s list price: that of eu-central-1 isn’t known here$/,
    ),
  ]);
  stage.configureSource({ classes: ['db.t4g.small', 'db.m6g.xlarge'], prices: { 'db.t4g.small': 0.04 } });
  expect(await costs()).toEqual([
    'Cost:       about $0.04 an hour for db.t4g.small without its disk, as source.rds.prices has it',
    expect.stringMatching(/^ {12}about \$0\.\d+ an hour for db\.m6g\.xlarge with its disk, by us-east-1’s list price/),
  ]);
  stage.configureSource({ prices: { 'db.m6g.large': 0 } });
  expect(await stage.cli(['clone', '--dry-run'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('source.rds.prices.db.m6g.large must be more than 0: leave out a class whose price you don’t know'),
  });
  stage.configureSource({});
});

test('--resume is refused before anything is made', async () => {
  const calls = stage.aws.calls.length;
  const { exitCode, stdout } = await stage.cli(['clone', '--yes', '--resume', '--json']);
  expect({ exitCode, code: failureOf(stdout).code, calls: stage.aws.calls.length }).toEqual({ exitCode: 2, code: 'dump-not-resumable', calls });
});

test('a server that can’t be deleted is told, makes exit code 5, is shown by clones, tried again by the next command, and removed by gc', async () => {
  stage.aws.fault = ({ action }) =>
    action === 'DeleteDBInstance' ? { what: 'error', code: 'AccessDenied', message: 'not authorized', status: 403 } : undefined;
  const cloned = await stage.cli(['clone', '--yes']);
  expect(cloned.exitCode).toBe(5);
  expect(cloned.stdout).toContain('Dump: ');
  expect(cloned.stderr).toMatch(/throwaway pgrehearse-production-\d{14}.* could not be removed/);
  expect(stage.ledgerKinds().filter((kind) => kind !== 'dump')).toEqual(['throwaway']);
  const [left = ''] = stage.leftInCloud();

  const listed = await stage.cli(['clones', '--json']);
  const price = { instanceClass: 'db.m6g.large', priceFrom: 'list', priceRegion: 'us-east-1', includesDisk: true, costSoFar: expect.any(Number) };
  expect(JSON.parse(listed.stdout)).toMatchObject([{ kind: 'throwaway', cloud: 'rds', identifier: left, status: 'available', ...price }]);
  // Who learns its price afterwards tells it then.
  stage.configureSource({ prices: { 'db.m6g.large': 0.2 } });
  expect((await stage.cli(['clones'])).stdout).toMatch(new RegExp(`^${left} .* \\$0\\.2, as configured +(?:under )?\\$0\\.\\d\\d `, 'm'));
  stage.configureSource({});

  const refused = await stage.cli(['gc']);
  expect(refused.exitCode).toBe(5);

  stage.aws.fault = () => undefined;
  const next = await stage.cli(['runs']);
  expect({ exitCode: next.exitCode, stderr: next.stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining(`An earlier command left the server ${left}: its removal has begun`),
  });
  expect(stage.aws.changes.at(-1)).toMatchObject({ action: 'DeleteDBInstance', params: { DBInstanceIdentifier: left } });

  const collected = await stage.cli(['gc']);
  expect({ exitCode: collected.exitCode, left: stage.leftInCloud() }).toEqual({ exitCode: 0, left: [] });
  expect(stage.ledgerKinds().filter((kind) => kind !== 'dump')).toEqual([]);
});

test('what another machine left is only told of, until it is adopted', async () => {
  const { production } = stage;
  const tags = new Map([
    ['pgrehearse:run', 'r-1'],
    ['pgrehearse:owner', 'somebody@elsewhere'],
    ['pgrehearse:delete-after', '2026-01-01T00:00:00.000Z'],
  ]);
  await stage.aws.rds.addSnapshot(production, 'pgrehearse-production-20260101000000', { type: 'manual', tags });
  await stage.aws.rds.addSnapshot(production, 'pgrehearse-somebodys-own', { type: 'manual' });
  const told = await stage.cli(['gc']);
  expect(told.stdout).toMatch(/Stays: snapshot pgrehearse-production-20260101000000 .*somebody@elsewhere.*--adopt/);
  const adopted = await stage.cli(['gc', '--adopt', 'expired']);
  expect({ exitCode: adopted.exitCode, stdout: adopted.stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('which was adopted') });
  const names = [...stage.aws.rds.snapshots.values()].map(({ id }) => id).filter((id) => id.startsWith('pgrehearse-'));
  expect(names).toEqual(['pgrehearse-somebodys-own']);
});

test('doctor looks at account, snapshot, client, plugin and bastion, and restores nothing', async () => {
  const changes = stage.aws.changes.length;
  const { stdout } = await stage.cli(['doctor', '--json']);
  const examined = JSON.parse(stdout) as { what: string; found: string; failure?: Failure }[];
  const found = Object.fromEntries(examined.map(({ what, failure }) => [what, failure?.code ?? 'ok']));
  expect(found).toMatchObject({ cloud: 'ok', snapshot: 'ok', client: 'ok', disk: 'ok', permission: 'ok', plugin: 'ok', bastion: 'ok' });
  const [bastion] = stage.aws.ec2.machines;
  if (bastion === undefined) throw new Error('there is no bastion');
  bastion.state = 'stopped';
  const stopped = JSON.parse((await stage.cli(['doctor', '--json'])).stdout) as typeof examined;
  bastion.state = 'running';
  expect(stopped.find(({ what }) => what === 'bastion')?.failure?.code).toBe('bastion-unusable');
  expect(stage.aws.changes).toHaveLength(changes);
});

test('doctor --iam prints a policy and nothing else', async () => {
  const { exitCode, stdout, stderr } = await stage.cli(['doctor', '--iam']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const policy = JSON.parse(stdout) as { Statement: { Action: string[]; Resource: string[] }[] };
  expect(policy.Statement.flatMap(({ Action }) => Action)).toContain('rds:DeleteDBInstance');
  expect(policy.Statement.every(({ Resource }) => Resource.length > 0)).toBe(true);
});
