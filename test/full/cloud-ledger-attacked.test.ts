import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { Disk } from '../support/disks.ts';

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
const changes = () => stage.aws.changes.map(({ action }) => action);
const ledgerOf = (home: string) => join(home, 'state/ledger');
const linesOf = (home: string) => (existsSync(ledgerOf(home)) ? readdirSync(ledgerOf(home)).filter((name) => name.endsWith('.json')) : []);
/** Snapshot and server are there, and perhaps a tunnel with its session, and their maker was killed. */
async function leaveThings(home: string, until: 'server' | 'tunnel' = 'server'): Promise<void> {
  const killed = await stage.cli(cloning, {
    env: { PGREHEARSE_HOME: home },
    during: (child, output) => {
      const looking = setInterval(() => {
        if (until === 'server' ? output().includes('Setting a password') : stage.aws.ssm.sessions.size > 0) child.kill('SIGKILL');
      }, 5);
      child.on('exit', () => clearInterval(looking));
    },
  });
  expect({ signal: killed.signal, left: stage.leftInCloud().length }).toEqual({ signal: 'SIGKILL', left: until === 'server' ? 2 : 3 });
}

async function withHomeOnDisk(use: (disk: Disk, cli: CloudStage['cli']) => Promise<void>): Promise<void> {
  using disk = new Disk('ext4', 16);
  for (const folder of ['data', 'state', 'state/ledger']) mkdirSync(join(disk.folder, folder), { mode: folder === 'data' ? 0o711 : 0o700 });
  await use(disk, (args, options) => stage.cli(args, { ...options, env: { ...options?.env, PGREHEARSE_HOME: disk.folder } }));
}

test('no room for the ledger’s line: nothing is made in the cloud', async () => {
  await withHomeOnDisk(async (disk, cli) => {
    disk.fill();
    stage.aws.calls.length = 0;
    const { exitCode, stdout, stderr } = await cli([...cloning, '--json']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 4, stdout: expect.stringContaining('ledger-not-written'), stderr: expect.any(String) });
    expect(changes()).toEqual([]);
  });
});

test.each(['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'StartSession'])(
  'the disk is full from %s on: what was made is removed at once, and nothing that has no line is made',
  async (call) => {
    await withHomeOnDisk(async (disk, cli) => {
      stage.aws.calls.length = 0;
      stage.aws.fault = ({ action }) => {
        if (action === call) disk.fill();
        return undefined;
      };
      const { exitCode, stderr } = await cli(cloning);
      expect({ exitCode, stderr, left: stage.leftInCloud() }).toEqual({ exitCode: 4, stderr: expect.stringContaining('there is no room'), left: [] });
      expect(linesOf(disk.folder)).toEqual([]);
    });
  },
);

test('on a full disk, and on one that turned read-only, gc says what it can’t do or does it; afterwards nothing is left', async () => {
  await withHomeOnDisk(async (disk, cli) => {
    await leaveThings(disk.folder, 'tunnel');
    const left = stage.leftInCloud();
    spawnSync('mount', ['-o', 'remount,ro', disk.folder]);
    const readOnly = await cli(['gc']);
    expect({ code: readOnly.exitCode, stderr: readOnly.stderr }).toEqual({ code: 4, stderr: expect.stringContaining('it is read-only') });
    stage.aws.calls.length = 0;
    expect((await cli(cloning)).stderr).toContain('it is read-only');
    // Any other command works as ever.
    expect(await cli(['runs'])).toMatchObject({ exitCode: 0 });
    expect({ changes: changes(), left: stage.leftInCloud() }).toEqual({ changes: [], left });
    spawnSync('mount', ['-o', 'remount,rw', disk.folder]);
    disk.fill();
    const { exitCode, stderr } = await cli(['gc']);
    expect({ exitCode, stderr, left: stage.leftInCloud(), lines: linesOf(disk.folder) }).toEqual({
      exitCode: 0,
      stderr: expect.any(String),
      left: [],
      lines: [],
    });
  });
});

test.each([
  ['cut off', (text: string) => text.slice(0, text.length / 2)],
  ['zeros to its end', (text: string) => text.replace(/.{40}\n?$/s, '\0'.repeat(40))],
  ['nothing but zeros', (text: string) => '\0'.repeat(text.length)],
  ['empty', () => ''],
])('a line that a power cut left %s is named, hides no other, and what it told of is a stray', async (_, damage) => {
  await leaveThings(stage.home);
  const throwaway = linesOf(stage.home).find((name) => name.startsWith('throwaway')) ?? '';
  const file = join(ledgerOf(stage.home), throwaway);
  const { label } = JSON.parse(readFileSync(file, 'utf8')) as { label: string };
  writeFileSync(file, damage(readFileSync(file, 'utf8')));
  const first = await stage.cli(['gc']);
  expect(first).toMatchObject({ exitCode: 5, stderr: expect.stringContaining(file), stdout: expect.stringContaining(`Stays: throwaway ${label} (not in`) });
  expect(stage.leftInCloud()).toEqual([label]);
  // Its time isn't over: whoever wants it gone has to say so.
  expect((await stage.cli(['gc', '--adopt', 'expired'])).stdout).toContain(`Stays: throwaway ${label}`);
  expect(await stage.cli(['gc', '--adopt', 'all'])).toMatchObject({ exitCode: 5 });
  rmSync(file);
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0 });
  expect({ left: stage.leftInCloud(), lines: linesOf(stage.home) }).toEqual({ left: [], lines: [] });
});

test('a ledger that was lost: what it told of is a stray, and deleted only where somebody wants that', async () => {
  await leaveThings(stage.home);
  rmSync(join(stage.home, 'state'), { recursive: true });
  const left = stage.leftInCloud();
  for (const args of [['gc'], ['gc', '--adopt', 'expired'], ['runs']]) expect(await stage.cli(args)).toMatchObject({ exitCode: 0 });
  expect(stage.leftInCloud()).toEqual(left);
  const { exitCode, stdout } = await stage.cli(['gc', '--adopt', 'all']);
  expect({ exitCode, stdout, left: stage.leftInCloud().filter((name) => name.includes('pgrehearse-')) }).toMatchObject({ exitCode: 0, left: [] });
});

test('credentials of another account: nothing of ours counts as gone, and nothing is deleted, until they are the right ones again', async () => {
  await leaveThings(stage.home, 'tunnel');
  const [identity] = stage.aws.identities;
  if (identity === undefined) throw new Error('nobody is there');
  stage.aws.identities[0] = { ...identity, account: '999988887777', arn: 'arn:aws:sts::999988887777:assumed-role/other/someone' };
  const [left, lines] = [stage.leftInCloud(), linesOf(stage.home)];
  stage.aws.calls.length = 0;
  const collected = await stage.cli(['gc']);
  expect(collected).toMatchObject({ exitCode: 5, stderr: expect.stringMatching(/999988887777.*111122223333 is meant/s) });
  expect(await stage.cli(['runs'])).toMatchObject({ exitCode: 0 });
  expect(await stage.cli(cloning)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is meant') });
  expect({ changes: changes(), left: stage.leftInCloud(), lines: linesOf(stage.home) }).toEqual({ changes: [], left, lines });
  stage.aws.identities[0] = identity;
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0 });
  expect({ left: stage.leftInCloud(), lines: linesOf(stage.home) }).toEqual({ left: [], lines: [] });
});
