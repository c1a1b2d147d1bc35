import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';

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
const left = () => ({ cloud: stage.leftInCloud(), ledger: stage.ledgerKinds().filter((kind) => kind !== 'dump') });
const nothing = { cloud: [], ledger: [] };
const reading = /^(?:Describe|List|Get)/;

test('throttled all along, two calls of three: a clone gets there, and nothing is left', async () => {
  let calls = 0;
  stage.aws.fault = () => (calls++ % 3 === 0 ? undefined : { what: 'throttle' });
  const { exitCode, stderr } = await stage.cli(cloning);
  expect({ exitCode, stderr, ...left() }).toEqual({ exitCode: 0, stderr: expect.any(String), ...nothing });
});

test('every call that changes something is done, and its first answer lost: a clone gets there, and nothing is left', async () => {
  const lost = new Set<string>();
  stage.aws.fault = ({ action }) => {
    if (reading.test(action) || lost.has(action)) return undefined;
    lost.add(action);
    return { what: 'lose' };
  };
  const { exitCode, stderr } = await stage.cli(cloning);
  expect([...lost].toSorted()).toEqual([
    'CreateDBSnapshot',
    'DeleteDBInstance',
    'DeleteDBSnapshot',
    'ModifyDBInstance',
    'RestoreDBInstanceFromDBSnapshot',
    'StartSession',
    'TerminateSession',
  ]);
  expect({ exitCode, stderr, ...left() }).toEqual({ exitCode: 0, stderr: expect.any(String), ...nothing });
});

test.each([
  'CreateDBSnapshot',
  'RestoreDBInstanceFromDBSnapshot',
  'ModifyDBInstance',
  'StartSession',
  'TerminateSession',
  'DeleteDBInstance',
  'DeleteDBSnapshot',
])('%s is done, and its answer never comes however often it is asked: nothing is left, at the latest after gc', async (lost) => {
  stage.aws.fault = ({ action }) => (action === lost ? { what: 'lose' } : undefined);
  let isStopped = false;
  const { exitCode, stderr } = await stage.cli(cloning, {
    // A password that is never confirmed is waited for, for hours.
    during: (child, output) =>
      child.stderr?.on('data', () => {
        if (lost !== 'ModifyDBInstance' || isStopped || !output().includes('Setting a password')) return;
        isStopped = true;
        setTimeout(() => child.kill('SIGINT'), 3_000);
      }),
  });
  stage.aws.fault = () => undefined;
  expect([0, 3, 4, 5, 130], stderr).toContain(exitCode);
  // What couldn't be removed was told.
  if (exitCode !== 5) expect({ lost, stderr, ...left() }).toEqual({ lost, stderr, ...nothing });
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0 });
  expect(left()).toEqual(nothing);
});

const hourMs = 3_600_000;
const shifted = (ms: number) => ({ NODE_OPTIONS: `--import=${join(import.meta.dirname, '../support/shift-clock.js')}`, PGR_CLOCK_SHIFT_MS: `${ms}` });

test.each([
  ['a day ahead', 24 * hourMs],
  ['an hour behind', -hourMs],
])('the clock jumps to be %s after a clone was killed: a clone of another clock and gc leave nothing, and nothing of a living one goes', async (_, ms) => {
  const killed = await stage.cli(cloning, {
    during: (child, output) => child.stderr?.on('data', () => output().includes('Setting a password') && child.kill('SIGKILL')),
  });
  expect({ signal: killed.signal, left: stage.leftInCloud().length }).toEqual({ signal: 'SIGKILL', left: 2 });
  let isOver = false;
  const beside = stage.cli(cloning).finally(() => {
    isOver = true;
  });
  const cloned = await stage.cli(cloning, { env: shifted(ms) });
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  while (!isOver) expect(await stage.cli(['gc'], { env: shifted(ms) })).toMatchObject({ exitCode: 0 });
  expect(await beside).toMatchObject({ exitCode: 0 });
  expect(await stage.cli(['gc'], { env: shifted(ms) })).toMatchObject({ exitCode: 0 });
  expect(left()).toEqual(nothing);
});

test('what is past its delete-after by a clock that is wrong is still only told, unless somebody adopts it, and a day later it is expired', async () => {
  await stage.cli(cloning, {
    during: (child, output) => child.stderr?.on('data', () => output().includes('Setting a password') && child.kill('SIGKILL')),
  });
  rmSync(join(stage.home, 'state'), { recursive: true });
  const before = stage.leftInCloud();
  expect((await stage.cli(['gc', '--adopt', 'expired'], { env: shifted(-hourMs) })).stdout).toContain('its time is');
  expect((await stage.cli(['gc'], { env: shifted(48 * hourMs) })).stdout).toContain('its time was over');
  expect(stage.leftInCloud()).toEqual(before);
  expect(await stage.cli(['gc', '--adopt', 'expired'], { env: shifted(48 * hourMs) })).toMatchObject({ exitCode: 0 });
  expect(left()).toEqual(nothing);
  expect(existsSync(join(stage.home, 'state/ledger')) ? readdirSync(join(stage.home, 'state/ledger')) : []).toEqual([]);
});
