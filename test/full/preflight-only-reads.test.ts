import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import { lookAtProduction } from '../../src/rehearsal/preflight/look-at-production.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';

const settings = settingsSchema.parse({
  source: { url: 'postgres://nowhere/shop' },
  migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'postgres', ledger: { table: 'public.ledger', column: 'version' } },
  baseline: { mode: 'init-then-migrations' },
});

const rehearsed = {
  tables: [{ table: 'public.item', modes: ['AccessExclusiveLock' as const], changesRows: true }],
  waitsForSnapshots: true,
  written: [],
};

test.each([15, 18] as const)('%i: the server itself has heard of nothing but reading, and every lock but the weakest may be held against it', async (major) => {
  const logging = {
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'all.log',
    log_statement: 'all',
    log_line_prefix: '%a|%x|',
    log_min_messages: 'info',
  };
  await withOwnServer(major, { hba: ['host all postgres 127.0.0.1/32 trust'], settings: logging }, async ({ admin, tcp }) => {
    await ask(
      admin,
      `create table public.item (id serial primary key, name text); insert into public.item default values; create table public.ledger (version text); insert into public.ledger values ('1')`,
    );
    // EXCLUSIVE goes together with ACCESS SHARE alone: whoever wants more than that, of a table or of a catalog, waits until it gives up.
    const context = testContext();
    await using holder = unwrap(await context.edge.postgres.connect(admin, { applicationName: 'holder' }));
    await holder.execute(`begin; lock table public.item, public.ledger, ${catalogs.join(', ')} in exclusive mode`);
    await using stronger = unwrap(await context.edge.postgres.connect(tcp, { applicationName: 'stronger' }));
    await stronger.execute(`set lock_timeout = '10ms'`);
    for (const table of ['public.item', ...catalogs]) {
      await expect(stronger.execute(`begin; lock table ${table} in row share mode`), table).rejects.toThrow('55P03');
      await stronger.execute('rollback');
    }
    const { label: _, production, ...parts } = unwrap(await lookAtProduction(context, { address: tcp, label: 'production' }, settings, rehearsed));
    expect(Object.entries({ ...parts, ...production }).filter(([, part]) => isUnknown(part))).toEqual([]);
    await holder.execute('rollback');

    const log = join((await ask(admin, 'show data_directory'))[0]?.data_directory as string, 'log/all.log');
    const { statements, strange, writing } = heard(log);
    expect(statements).toBeGreaterThan(30);
    expect(strange).toEqual([]);
    expect(writing).toEqual([]);

    // That log would have told.
    await using evil = unwrap(await context.edge.postgres.connect(tcp, { applicationName: 'pgrehearse evil' }));
    await evil.execute('begin; update public.item set id = id; select from public.item for update; commit');
    for (const statement of ['begin', 'select pg_catalog.txid_current()', 'rollback']) await evil.execute(statement);
    await untilTrue('the log has told', () => Promise.resolve(heard(log).writing.length > 0));
    expect(heard(log).strange.map((statement) => statement.trim())).toContain('update public.item set id = id');
  });
});

const catalogs = ['pg_class', 'pg_attribute', 'pg_proc', 'pg_constraint', 'pg_authid', 'pg_database', 'pg_depend'].map((name) => `pg_catalog.${name}`);

function isUnknown(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'unknown' in part;
}

/** What the server has heard of us: how many statements, which of them are no reading, and which came after one that got a transaction id, as whatever writes does: a rollback too. */
function heard(log: string) {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('pgrehearse'));
  const statements = lines.flatMap((line) => /LOG: {2}(?:statement|execute [^:]*): (.*)$/.exec(line)?.[1] ?? []);
  const single = statements.flatMap((statement) => (/^\s*(?:begin|set|rollback)\b/i.test(statement) ? statement.split(';') : [statement]));
  const reading = /^\s*(?:select\b|with\b|begin (?:transaction )?isolation level repeatable read, read only|set local |set search_path = ''$|rollback$|$)/i;
  return {
    statements: statements.length,
    strange: single.filter((statement) => !reading.test(statement)),
    writing: lines.filter((line) => !/^pgrehearse [a-z]+\|0\|/.test(line)),
  };
}
