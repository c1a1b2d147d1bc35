import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { JournalEntry } from '../../src/core/evidence.ts';
import type { Failure } from '../../src/core/failure.ts';
import { type CloudStage, cloudProject, inFiles, productionPassword } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';

function eventsOf(stage: CloudStage): readonly Event[] {
  const runs = join(stage.folder, '.pgrehearse/runs');
  const newest =
    readdirSync(runs)
      .toSorted()
      .findLast((name) => /^\d/.test(name)) ?? '';
  const lines = readFileSync(join(runs, newest, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as JournalEntry).event);
}

test('a run restores, rehearses and deletes; the next one uses the image and asks the cloud for nothing', async () => {
  const quick = { traffic: { enabled: false }, interruptions: { enabled: false } };
  await using stage = await cloudProject({ allowChanges: true }, { image: { keepHours: 1 }, ...quick });
  const first = await stage.cli(['run']);
  expect({ exitCode: first.exitCode, left: stage.leftInCloud() }).toEqual({ exitCode: 3, left: [] });
  expect(first.stdout).toContain('1 table has production’s rows; schema and roles are production’s.');
  const { aws } = stage;
  const changes = aws.changes.length;
  expect(aws.changes.map(({ action }) => action)).toEqual([
    'RestoreDBInstanceFromDBSnapshot',
    'ModifyDBInstance',
    'StartSession',
    'TerminateSession',
    'DeleteDBInstance',
  ]);
  const password = aws.calls.map(({ params }) => params.MasterUserPassword).find((given) => typeof given === 'string') as string;
  for (const secret of [password, productionPassword]) expect([...inFiles(stage.folder, secret), ...inFiles(stage.home, secret)]).toEqual([]);
  // The server was gone before the run ended, and the run didn't wait for it before it went on.
  const events = eventsOf(stage);
  const at = (is: (event: Event) => boolean) => events.findIndex(is);
  const deleted = at((event) => event.type === 'resource' && event.what === 'removed' && event.resource.kind === 'throwaway');
  expect(deleted).toBeGreaterThan(at((event) => event.type === 'cloned'));
  expect(deleted).toBeLessThan(at((event) => event.type === 'run-finished'));

  const second = await stage.cli(['run']);
  expect({ exitCode: second.exitCode, changes: aws.changes.length }).toEqual({ exitCode: 3, changes });
  expect(second.stdout).toContain('Nothing is copied');
});

test('rows that a policy would hide from the master end a clone with that cause; no copy is made of the others', async () => {
  await using stage = await cloudProject();
  await stage.production.server?.ask(
    'alter table public.customers enable row level security, force row level security; create policy few on public.customers using (id < 10)',
    [],
    'postgres',
    'owner',
  );
  const { exitCode, stdout, stderr } = await stage.cli(['clone', '--yes', '--fresh-snapshot', '--json']);
  if (stdout === '') throw new Error(stderr);
  const { failure } = JSON.parse(stdout) as { failure: Failure };
  expect({ exitCode, code: failure.code, left: stage.leftInCloud() }).toEqual({ exitCode: 3, code: 'privileges-missing', left: [] });
  expect(failure.message).toContain('Row level security would hide rows');
  // Nobody could go on with what was written.
  expect({ ledger: stage.ledgerKinds(), dumps: readdirSync(join(stage.folder, 'dump')) }).toEqual({ ledger: [], dumps: [] });
});

test('a production behind a bastion is cloned by a secret’s name through the tunnel, and so is a clone that somebody attests', async () => {
  const place = { credential: { secret: 'shop/reader', region: FakeAws.region }, tunnel: { ssm: { instanceId: 'i-1' } }, tlsRootCertificate: cloudAuthority };
  await using stage = await cloudProject({}, { source: { ...place, allowPrimary: true } });
  const host = `production.c0ffee.${FakeAws.region}.rds.amazonaws.com`;
  const port = stage.production.server?.port;
  stage.aws.secrets.set('shop/reader', JSON.stringify({ username: 'owner', password: productionPassword, host, port, dbname: 'postgres', engine: 'postgres' }));
  const cloned = await stage.cli(['clone']);
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr }).toMatchObject({ exitCode: 0 });
  expect(cloned.stdout).toContain(`Production: owner@${host}:${port}/postgres, PostgreSQL 15.18`);

  const attestation = { by: 'dba@example.org', at: '2026-01-01T00:00:00Z', reason: 'restored for the rehearsal of Monday' };
  stage.configure({ source: { attached: { ...place, attestation } } });
  const attached = await stage.cli(['clone', '--json']);
  expect(JSON.parse(attached.stdout)).toMatchObject({ facts: { kind: 'attached', dataAsOf: attestation.at } });

  stage.aws.secrets.delete('shop/reader');
  const missing = await stage.cli(['clone', '--json']);
  expect(JSON.parse(missing.stdout)).toMatchObject({ failure: { code: 'cloud-not-found' } });

  expect({ left: stage.leftInCloud(), changed: new Set(stage.aws.changes.map(({ action }) => action)) }).toEqual({
    left: [],
    changed: new Set(['StartSession', 'TerminateSession']),
  });
  expect([...inFiles(stage.folder, productionPassword), ...inFiles(stage.home, productionPassword)]).toEqual([]);
});
