import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DumpManifest } from '../../src/core/dump-manifest.ts';
import { type CloudStage, cloudProject, commandLines, inFiles, productionPassword } from './cloud-stage.ts';

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
});
afterAll(() => stage[Symbol.asyncDispose]());

test('--dry-run tells steps, warnings and time, and makes no call that changes anything', async () => {
  const { exitCode, stdout, stderr } = await stage.cli(['clone', '--dry-run', '--fresh-snapshot', '--instance-class', 'db.t4g.small,db.t4g.medium']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/Take a snapshot of production.*\n.*Restore it as pgrehearse-production-\d{14} as the first of db.t4g.small, db.t4g.medium/);
  expect(stdout).toMatch(/tunnel to it by Systems Manager through the machine with the tag role=bastion/);
  expect(stdout).toContain('not permitted yet');
  expect(stdout).toContain('Nothing was made or changed.');
  expect(stage.aws.changes).toEqual([]);
});

test('production is cloned through a snapshot, a server of our own and a tunnel, and nothing of them is left, nor a secret anywhere', async () => {
  const seen = new Set<string>();
  const { exitCode, stderr } = await stage.cli(['clone', '--yes', '--fresh-snapshot'], {
    during: (child) => child.stderr?.on('data', () => commandLines().forEach((line) => void seen.add(line))),
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });

  const [name = ''] = readdirSync(join(stage.folder, 'dump'));
  const manifest = JSON.parse(readFileSync(join(stage.folder, 'dump', name, 'manifest.json'), 'utf8')) as DumpManifest;
  expect(manifest.tables.map(({ table, rows }) => [table, rows])).toEqual([['customers', 1000]]);
  expect(manifest.facts).toMatchObject({ kind: 'rds', serverVersion: '15.18', databaseOwner: 'owner' });

  const { aws } = stage;
  expect(stage.leftInCloud()).toEqual([]);
  expect(stage.ledgerKinds()).toEqual(['dump']);
  expect(aws.changes.map(({ action }) => action)).toEqual([
    'CreateDBSnapshot',
    'RestoreDBInstanceFromDBSnapshot',
    'ModifyDBInstance',
    'StartSession',
    'TerminateSession',
    'DeleteDBInstance',
    'DeleteDBSnapshot',
  ]);
  const password = aws.calls.map(({ params }) => params.MasterUserPassword).find((given) => typeof given === 'string') as string;
  expect(password.length).toBeGreaterThan(20);
  // The plugin ran, and was seen.
  expect([...seen].some((line) => line.includes('session-manager-plugin'))).toBe(true);
  for (const secret of [password, productionPassword, aws.environment.AWS_SECRET_ACCESS_KEY ?? '']) {
    expect([...seen].filter((line) => line.includes(secret))).toEqual([]);
    expect([...inFiles(stage.folder, secret), ...inFiles(stage.home, secret)]).toEqual([]);
    expect(stderr).not.toContain(secret);
  }
});
