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
  Object.assign(stage.aws.rds.circumstances, { polls: 1, stuckIn: undefined });
  for (const path of [join(stage.folder, 'dump'), join(stage.home, 'state')]) rmSync(path, { recursive: true, force: true });
});
afterAll(() => stage[Symbol.asyncDispose]());

const cloning = ['clone', '--yes', '--fresh-snapshot'];
const left = () => ({
  cloud: stage.leftInCloud(),
  ledger: stage.ledgerKinds(),
  dumps: existsSync(join(stage.folder, 'dump')) ? readdirSync(join(stage.folder, 'dump')).filter((name) => !name.startsWith('.git')) : [],
});
const nothing = { cloud: [], ledger: [], dumps: [] };

/** The moments of a clone that something is waited for, by what the program says then, or by what is there. */
const waits: readonly (readonly [string, (output: string) => boolean])[] = [
  ['the snapshot is being taken', (output) => /snapshot \S+ is creating/.test(output)],
  ['the server is being restored', (output) => /instance pgrehearse-\S+ is creating/.test(output)],
  ['the server passes through another state', (output) => /instance pgrehearse-\S+ is backing-up/.test(output)],
  ['the password is being set', (output) => output.includes('Setting a password')],
  ['the tunnel is being opened', () => stage.aws.ssm.sessions.size > 0],
];

test.each(waits.flatMap(([what, isNow]) => [[what, 'SIGINT', 130, isNow] as const, [what, 'SIGTERM', 143, isNow] as const]))(
  'stopped while %s, by %s: exit code %i, and nothing is left',
  async (_, signal, code, isNow) => {
    stage.aws.rds.circumstances.polls = 4;
    let isStopped = false;
    const { exitCode, stderr } = await stage.cli(cloning, {
      during: (child, output) => {
        const looking = setInterval(() => {
          if (isStopped || !isNow(output())) return;
          isStopped = true;
          child.kill(signal);
        }, 5);
        child.on('exit', () => clearInterval(looking));
      },
    });
    expect({ isStopped, exitCode, stderr, ...left() }).toEqual({ isStopped: true, exitCode: code, stderr: expect.stringContaining('Stopping'), ...nothing });
  },
);

test('stopped again and again while what was made is being deleted: the second time it says so, the third ends it, and gc does the rest', async () => {
  stage.aws.rds.circumstances.stuckIn = 'deleting';
  let presses = 0;
  const { exitCode, stderr } = await stage.cli(cloning, {
    during: (child, output) => {
      const pressing = setInterval(() => {
        const due = [/Setting a password/, /which is deleting/, /Clean-up is going on/][presses];
        if (due === undefined || !due.test(output())) return;
        presses += 1;
        child.kill('SIGINT');
      }, 600);
      child.on('exit', () => clearInterval(pressing));
    },
  });
  expect({ presses, exitCode, stderr }).toEqual({ presses: 3, exitCode: 130, stderr: expect.stringContaining('Clean-up is going on') });
  const [server] = [...stage.aws.rds.instances.values()].filter(({ id }) => id.startsWith('pgrehearse-'));
  expect(server?.life.status).toBe('deleting');
  server?.life.goOn();
  stage.aws.rds.circumstances.stuckIn = undefined;
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0 });
  expect(left()).toEqual(nothing);
});

test('stopped while it waits for a production that is being changed: nothing was made, and nothing is', async () => {
  stage.aws.calls.length = 0;
  await stage.production.life.go([{ status: 'modifying', polls: Number.POSITIVE_INFINITY }], 'available');
  const { exitCode } = await stage.cli(cloning, {
    during: (child, output) => child.stderr?.on('data', () => output().includes('is modifying') && child.kill('SIGTERM')),
  });
  stage.production.life.goOn();
  await stage.production.life.look();
  expect({ exitCode, changes: stage.aws.changes, ...left() }).toEqual({ exitCode: 143, changes: [], ...nothing });
});

test('gc that is stopped while it deletes, and killed while it does, is gone on with by the next', async () => {
  const killed = await stage.cli(cloning, {
    during: (child, output) => child.stderr?.on('data', () => output().includes('Setting a password') && child.kill('SIGKILL')),
  });
  expect(killed.signal).toBe('SIGKILL');
  stage.aws.rds.circumstances.stuckIn = 'deleting';
  const ended = await stage.cli(['gc'], {
    during: (child, output) => child.stderr?.on('data', () => output().includes('which is deleting') && child.kill('SIGKILL')),
  });
  expect(ended.signal).toBe('SIGKILL');
  for (const { id, life } of stage.aws.rds.instances.values()) if (id.startsWith('pgrehearse-')) life.goOn();
  stage.aws.rds.circumstances.stuckIn = undefined;
  const all = await Promise.all([stage.cli(['gc']), stage.cli(['gc'])]);
  expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(left()).toEqual(nothing);
});
