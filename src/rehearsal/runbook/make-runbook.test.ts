import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../test/support/temporary-folder.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { loadSettings } from '../../config/load-settings.ts';
import { checkRunbook } from './check-runbook.ts';
import { makeRunbook, runbookForms } from './make-runbook.ts';

const example = join(import.meta.dirname, '../../../examples/sql-runbook');

async function inProject(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = makeFolder('pgr-runbook-');
  try {
    cpSync(example, folder, { recursive: true });
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function wantedIn(folder: string) {
  return { settings: unwrap(await loadSettings(folder, 'pgrehearse.config.json')).settings, folder };
}

test('without a rehearsal a runbook says so, and gives no time', async () => {
  const made = unwrap(await makeRunbook(await wantedIn(example)));
  const text = runbookForms.markdown(made);
  expect(text).toContain('Not rehearsed yet: nothing here was seen to work, and no time is given.');
  expect(text).not.toMatch(/took \d/);
  for (const revision of ['0008', '0009', '0010', '0011']) expect(text).toContain(`${revision}\\_`);
  expect(text).toContain('-f rollback/0011_usage_events.sql -f rollback/0010_payments.sql -f rollback/0009_credit_lots.sql -f rollback/0008_tenant_guard.sql');
  expect(text).toContain('pg_restore --file=/dev/null dump/pre-0008.dump');
  // Whatever changes production is a person's, and a query that an agent may ask can't write.
  const steps = text.split(/\n(?=\*\*\d+\. )/).slice(1);
  expect(steps.length).toBeGreaterThan(30);
  for (const step of steps) {
    const [heading = ''] = step.split('\n');
    if (/Apply|Take .* back|Restore|Approve/.test(heading)) expect(heading).toContain('human only');
    if (heading.includes('agent may do') && step.includes('begin')) expect(step).toContain('begin read only;');
  }
  expect(runbookForms.html(made)).toContain('human only');
});

test('a runbook is out of date when configuration, migration, way back or text have changed', async () => {
  await inProject(async (folder) => {
    const check = async (text: string, form: 'markdown' | 'html' = 'markdown') =>
      unwrap(await checkRunbook({ ...(await wantedIn(folder)), text, form, runsFolder: join(folder, 'runs') })).outdated;
    const made = unwrap(await makeRunbook(await wantedIn(folder)));
    const text = runbookForms.markdown(made);
    expect(await check(text)).toEqual([]);
    expect(await check(runbookForms.html(made), 'html')).toEqual([]);
    expect(await check(text.replace('human only', 'agent may do'))).toEqual([expect.stringContaining('edited by hand')]);
    expect(await check('# By hand')).toEqual([expect.stringContaining('doesn’t say what it was made from')]);
    const change = (file: string, from: string, to: string) => writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(from, to));
    change('rollback/0010_payments.sql', 'drop table', 'drop  table');
    expect(await check(text)).toEqual(['The migrations have changed since it was written.']);
    change('pgrehearse.config.json', '"maxPercent": 80', '"maxPercent": 70');
    expect(await check(text)).toEqual(['The configuration has changed since it was written.', 'The migrations have changed since it was written.']);
  });
});

test('where its run is elsewhere, a runbook that was edited by hand is found out by its own hash', async () => {
  await inProject(async (folder) => {
    const wanted = await wantedIn(folder);
    const made = unwrap(await makeRunbook(wanted));
    const evidence = { runId: '20260131-120000-abcd', verdict: 'PASS' };
    const text = runbookForms.markdown({ ...made, made: { ...made.made, evidence } });
    const check = async (changed: string) => unwrap(await checkRunbook({ ...wanted, text: changed, form: 'markdown', runsFolder: join(folder, 'runs') }));
    expect(await check(text)).toMatchObject({ outdated: [], notes: [expect.stringContaining('isn’t on this machine')] });
    expect((await check(text.replace('human only', 'agent may do'))).outdated).toEqual([expect.stringContaining('edited by hand')]);
    expect((await check(text.replaceAll('\n', '\r\n'))).outdated).toEqual([]);
  });
});

test('names in commands are quoted, and a password isn’t printed', async () => {
  const { settings, folder } = await wantedIn(example);
  const [first, ...others] = settings.runbook.migrations;
  if (first === undefined) throw new Error('there are no migrations');
  const odd = { "a.b', '1', true); select ('": 'it’s' };
  const verify = [{ name: 'odd', required: true, sql: 'select 1 -- one', role: 'App "x"', settings: odd, expect: { value: 1 } }];
  const url = 'postgres://deploy:hunter2-and-more@db/shop';
  const runbook = {
    ...settings.runbook,
    migrations: [{ ...first, verify }, ...others],
    apply: `psql -c '$&' -f $\{file}`,
    serverChecks: [{ kind: 'backup' as const, name: 'backup', required: true, file: 'dump/a; rm -rf x', maxAgeHours: 1 }],
    steps: { before: [{ title: 'Tell', command: `psql '${url}'; psql postgres://deploy:$PASSWORD@db/shop`, by: 'human' as const }], after: [] },
  };
  const text = runbookForms.markdown(unwrap(await makeRunbook({ settings: { ...settings, runbook }, folder })));
  expect(text).toContain("pg_restore --file=/dev/null 'dump/a; rm -rf x'");
  expect(text).toContain('set local role "App ""x""";');
  expect(text).toContain("select set_config('a.b'', ''1'', true); select (''', 'it’s', true);");
  expect(text).toContain('select 1 -- one\n;\nrollback;');
  expect(text).toContain("psql -c '$&' -f migrations/");
  expect(text).not.toContain('hunter2');
  expect(text).toContain('deploy:$PASSWORD@db');
});

test('a runbook that names what isn’t there is no runbook', async () => {
  await inProject(async (folder) => {
    const wanted = await wantedIn(folder);
    const [first, ...others] = wanted.settings.runbook.migrations;
    if (first === undefined) throw new Error('there are no migrations');
    const runbook = { ...wanted.settings.runbook, migrations: [{ ...first, rollback: 'rollback/none.sql' }, { ...first, revision: '0099_none' }, ...others] };
    const made = await makeRunbook({ ...wanted, settings: { ...wanted.settings, runbook } });
    expect(made).toMatchObject({ ok: false, failure: { code: 'config-invalid' } });
    expect(JSON.stringify(made)).toMatch(/0099_none, which is no migration of the repo.*rollback\/none\.sql can’t be read/);
  });
});
