import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { Disk } from '../support/disks.ts';

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
  // About 20 MB that no compression makes smaller.
  const rows = "select n, encode(sha512(n::text::bytea), 'base64') from generate_series(1, 300000) n";
  await stage.production.server?.ask(`create table public.events (id int, content text); insert into public.events ${rows}`, [], 'postgres', 'owner');
});
afterEach(() => {
  stage.aws.fault = () => undefined;
});
afterAll(() => stage[Symbol.asyncDispose]());

const cloning = ['clone', '--yes', '--fresh-snapshot', '--json'];
const dumps = () => readdirSync(join(stage.folder, 'dump')).filter((name) => !/^\.git|^full-/.test(name));

const noRoom = 'There is no room for the dump';

test.each([
  ['is too small', 8, 'never', 'disk-short'],
  ['is full before the dump is begun', 64, 'with the tunnel', noRoom],
  ['becomes full while rows are written', 64, 'with the rows', noRoom],
])('the disk of the dump %s: nothing is left in the cloud or here, and the cause is the environment', async (_, megabytes, fillsUp, told) => {
  using disk = new Disk('ext4', megabytes, join(stage.folder, 'dump'));
  let isFull = false;
  const fill = () => {
    if (!isFull) disk.fill();
    isFull = true;
  };
  stage.aws.fault = ({ action }) => {
    if (action === 'StartSession' && fillsUp === 'with the tunnel') fill();
    return undefined;
  };
  const { exitCode, stdout, stderr } = await stage.cli(cloning, {
    during: (child) => {
      const looking = setInterval(() => {
        if (!isFull && fillsUp === 'with the rows' && readdirSync(disk.folder, { recursive: true }).some((name) => String(name).endsWith('.zst'))) fill();
      }, 5);
      child.on('exit', () => clearInterval(looking));
    },
  });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 4, stdout: expect.stringContaining(told), stderr: expect.any(String) });
  expect(stdout).toMatch(/"code":\s*"disk-short"/);
  expect(stdout).toMatch(/"rootCause":\s*"environment"/);
  expect({ isFull, cloud: stage.leftInCloud(), ledger: stage.ledgerKinds(), dumps: dumps() }).toEqual({
    isFull: fillsUp !== 'never',
    cloud: [],
    ledger: [],
    dumps: [],
  });
});
