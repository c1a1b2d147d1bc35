import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { untilTrue } from '../support/until-true.ts';

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
});
afterEach(() => {
  stage.aws.fault = () => undefined;
  for (const path of [join(stage.folder, 'dump'), join(stage.home, 'state')]) rmSync(path, { recursive: true, force: true });
});
afterAll(() => stage[Symbol.asyncDispose]());

const cloning = ['clone', '--yes', '--fresh-snapshot'];
const changes = (action: string) => stage.aws.changes.filter((call) => call.action === action && call.error === undefined);
const dumps = () => readdirSync(join(stage.folder, 'dump')).filter((name) => existsSync(join(stage.folder, 'dump', name, 'manifest.json')));
const nothing = { left: [], ledger: [] };
const left = () => ({ left: stage.leftInCloud(), ledger: stage.ledgerKinds().filter((kind) => kind !== 'dump') });

/** A clone that was killed when its server was there, but for its password. */
async function leaveServer(): Promise<void> {
  const killed = await stage.cli(['clone', '--yes'], {
    during: (child, output) => child.stderr?.on('data', () => output().includes('Setting a password') && child.kill('SIGKILL')),
  });
  expect({ signal: killed.signal, left: stage.leftInCloud() }).toEqual({ signal: 'SIGKILL', left: [expect.any(String)] });
}

test('two clones that begin in the same second: each has things of its own, both dumps are whole, and nothing is left', async () => {
  stage.aws.calls.length = 0;
  const both = await Promise.all([stage.cli(cloning), stage.cli(cloning)]);
  expect(both.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(both.map(() => ({ exitCode: 0, stderr: expect.any(String) })));
  for (const action of ['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'DeleteDBInstance', 'DeleteDBSnapshot']) {
    const names = changes(action).map(({ params }) => params.DBInstanceIdentifier ?? params.DBSnapshotIdentifier);
    expect({ action, calls: names.length }).toEqual({ action, calls: 2 });
  }
  expect(dumps()).toHaveLength(2);
  expect(left()).toEqual(nothing);
});

test('several clones after a killed one: one of them goes on with its server, the others have their own, and nobody’s is taken', async () => {
  await leaveServer();
  const [server] = stage.leftInCloud();
  const clones = await Promise.all([1, 2, 3].map(() => stage.cli(['clone', '--yes'])));
  expect(clones.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(clones.map(() => ({ exitCode: 0, stderr: expect.any(String) })));
  expect(clones.filter(({ stderr }) => stderr.includes(`Going on with ${server}`))).toHaveLength(1);
  expect(dumps()).toHaveLength(3);
  expect(left()).toEqual(nothing);
});

test('several clones after one that was killed while its snapshot was taken: one goes on with that, and none fails', async () => {
  stage.configureSource({ snapshot: { freshnessHours: 0.001 } });
  stage.aws.rds.circumstances.polls = 5;
  const killed = await stage.cli(['clone', '--yes'], {
    during: (child, output) => child.stderr?.on('data', () => /is creating, \d+ %/.test(output()) && child.kill('SIGKILL')),
  });
  expect({ signal: killed.signal, left: stage.leftInCloud() }).toEqual({ signal: 'SIGKILL', left: [expect.stringContaining(':snapshot:')] });
  const clones = await Promise.all([1, 2, 3].map(() => stage.cli(['clone', '--yes'])));
  stage.aws.rds.circumstances.polls = 1;
  stage.configureSource({});
  expect(clones.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(clones.map(() => ({ exitCode: 0, stderr: expect.any(String) })));
  expect(clones.filter(({ stderr }) => stderr.includes('Going on with the snapshot'))).toHaveLength(1);
  expect(left()).toEqual(nothing);
});

test('gc, again and again beside a clone, and other commands, take nothing of it', async () => {
  let isOver = false;
  const cloned = stage.cli(cloning).finally(() => {
    isOver = true;
  });
  const collected: { exitCode: number | null; stdout: string }[] = [];
  while (!isOver) collected.push(...(await Promise.all([stage.cli(['gc', '--adopt', 'expired']), stage.cli(['gc']), stage.cli(['runs'])])));
  const { exitCode, stderr } = await cloned;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  expect(collected.filter((one) => one.exitCode !== 0 || one.stdout.includes('Removed throwaway') || one.stdout.includes('Removed snapshot'))).toEqual([]);
  expect(collected.some(({ stdout }) => /Stays: (?:throwaway|snapshot) .* \(in use\)/.test(stdout))).toBe(true);
  expect(left()).toEqual(nothing);
});

test('many gc’s at once remove what was left, once; none of them fails', async () => {
  await leaveServer();
  stage.aws.calls.length = 0;
  const all = await Promise.all([1, 2, 3, 4].map(() => stage.cli(['gc'])));
  expect(all.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(all.map(() => ({ exitCode: 0, stderr: expect.any(String) })));
  expect({ asked: changes('DeleteDBInstance').length, ...left() }).toEqual({ asked: 1, ...nothing });
});

test('clones and gc’s at once after a killed clone: what a clone goes on with isn’t removed under it, nor the other way round', async () => {
  for (let round = 0; round < 4; round++) {
    await leaveServer();
    const [server = ''] = stage.leftInCloud();
    stage.aws.calls.length = 0;
    const all = await Promise.all([['gc'], ['clone', '--yes'], ['gc'], ['runs'], ['clone', '--yes']].map((args) => stage.cli(args)));
    expect(all.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(all.map(() => ({ exitCode: 0, stderr: expect.any(String) })));
    const taken = [all[1], all[4]].filter((one) => one?.stderr.includes(`Going on with ${server}`));
    expect(taken.length).toBeLessThanOrEqual(1);
    await untilTrue('what `runs` asked to be removed is gone', async () => (await stage.cli(['gc'])).exitCode === 0);
    expect({ round, ...left() }).toEqual({ round, ...nothing });
  }
});

test('gc of another home, beside a clone, tells of what is there and touches nothing', async () => {
  const other = makeFolder('pgr-other-home-');
  chmodSync(other, 0o711);
  let isOver = false;
  const cloned = stage.cli(cloning).finally(() => {
    isOver = true;
  });
  let told = 0;
  while (!isOver) {
    const { exitCode, stdout } = await stage.cli(['gc', '--adopt', 'expired'], { env: { PGREHEARSE_HOME: other } });
    expect(exitCode).toBe(0);
    if (stdout.includes('not in this machine’s ledger')) told += 1;
  }
  rmSync(other, { recursive: true });
  expect(await cloned).toMatchObject({ exitCode: 0 });
  expect(told).toBeGreaterThan(0);
  expect(left()).toEqual(nothing);
});
