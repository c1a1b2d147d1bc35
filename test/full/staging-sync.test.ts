import pg from 'pg';
import { expect, test } from 'vitest';
import { openStagingSync, readExample } from '../demo/staging-sync-stage.ts';
import { readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';

async function rowsOf(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const commands = [...readExample('README.md').matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command);

test('the README’s commands: 14 of 14 tables and 4,709 objects; a wrong profile; again; an older ledger over a newer schema', async () => {
  await using there = await ProductionServer.start(15);
  await using here = await ProductionServer.start(18);
  await there.load('books', '');
  await here.load('books_staging', '');
  const urls = { production: there.url('books'), staging: here.url('books_staging') };
  await using stage = await openStagingSync(urls, { production: 'books', staging: 'books_staging' });
  const { s3 } = stage;
  expect(commands).toHaveLength(11);
  expect(commands.slice(-5)).toEqual([
    'npx pgrehearse sync --stamp',
    'npx pgrehearse sync --dry-run',
    'npx pgrehearse sync --yes',
    expect.stringMatching(/^sed /),
    'npx pgrehearse sync --dry-run --config wrong-profile.config.json',
  ]);
  for (const command of commands.slice(0, 6)) await stage.shell(command);
  expect(stage.production.objects.size).toBe(4709);
  expect((await stage.pgrehearse('sync', '--stamp')).exitCode).toBe(0);

  const before = s3.calls.length;
  const planned = await stage.pgrehearse('sync', '--dry-run');
  expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Objects in production: 4,709 objects') });
  expect(planned.stdout).toContain('public.admin_config.value: numeric → jsonb');
  expect(planned.stdout).toContain('public.eval_runbooks.condition_positives: text[] → jsonb');
  // It begins an upload and aborts it, to see that it may.
  const changing = s3.calls.slice(before).filter(({ operation }) => /^(Put|Copy|Delete|UploadPart|Complete)/.test(operation));
  expect(changing).toEqual([]);
  expect(stage.staging.uploads.size).toBe(0);
  expect(await rowsOf(urls.staging, 'select count(*)::int as n from books')).toEqual([{ n: 1 }]);

  const synced = await stage.pgrehearse('sync', '--yes');
  expect(synced, synced.stdout + synced.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('14 of 14 tables synced, 2,452 rows') });
  expect(synced.stdout).toContain('Staging’s bucket has all of 4,709 objects: 4,709 copied, 0 deleted. The bucket has all objects that 900 rows name.');
  const contents = ({ objects }: typeof stage.production) => [...objects].map(([key, { etag }]) => [key, etag]).sort();
  expect(contents(stage.staging)).toEqual(contents(stage.production));
  expect(await rowsOf(urls.staging, 'select version_num from alembic_version')).toEqual([{ version_num: '8c1e90d' }]);
  expect(await rowsOf(urls.staging, "select count(*)::int as n from books where provenance = 'unknown'")).toEqual([{ n: 153 }]);
  expect(await rowsOf(urls.staging, "select count(*)::int as n from price_alerts where active or hook not like '%.invalid/%'")).toEqual([{ n: 0 }]);
  expect(await rowsOf(urls.staging, "select count(*)::int as n from users where email like '%books.example'")).toEqual([{ n: 0 }]);
  const values = `select (select jsonb_agg(to_jsonb(value) order by key) from admin_config) as a,
                         (select jsonb_agg(to_jsonb(condition_positives) order by id) from eval_runbooks) as b`;
  expect(await rowsOf(urls.staging, values)).toEqual(await rowsOf(urls.production, values));

  await stage.shell(commands.at(-2) ?? '');
  const asked = s3.calls.length;
  const wrong = await stage.pgrehearse('sync', '--dry-run', '--config', 'wrong-profile.config.json');
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cloud-wrong-account') });
  expect(new Set(s3.calls.slice(asked).map(({ operation }) => operation))).toEqual(new Set(['GetCallerIdentity']));

  // Again: no object is copied, and the same rows come. 8c1e90d made provenance NOT NULL with a default.
  const again = readOutcome((await stage.pgrehearse('sync', '--yes', '--json')).stdout, 0, []);
  expect([again.verdict?.kind, again.findings]).toEqual(['PASS', []]);
  expect(s3.calls.slice(asked).filter(({ operation }) => /^(Put|Copy)Object/.test(operation))).toEqual([]);
  expect(await rowsOf(urls.staging, 'select count(*)::int as n from books')).toEqual([{ n: 153 }]);

  // Without tables nothing is migrated, and no rows are counted.
  const objects = await stage.pgrehearse('sync', '--yes', '--json', '--only', 'objects');
  expect([objects.exitCode, readOutcome(objects.stdout, 0, []).verdict?.kind], objects.stdout + objects.stderr).toEqual([0, 'PASS']);
  expect(objects.stdout).toContain('"phase":"migrate","outcome":"not-applicable"');

  // Production's ledger over staging's schema: the next upgrade creates what is there.
  stage.edit((text) => text.replace('"objects": {', '"tables": { "ledgers": "copy" },\n    "objects": {'));
  const copied = await stage.pgrehearse('sync', '--yes', '--json', '--only', 'tables');
  const older = readOutcome(copied.stdout, copied.exitCode, []);
  expect([older.exitCode, older.verdict?.kind]).toEqual([1, 'BLOCKER']);
  const [failed] = older.findings.filter(({ check, object }) => check === 'sync-after' && object.kind === 'migrate');
  expect(failed?.title).toContain('42P07');
});
