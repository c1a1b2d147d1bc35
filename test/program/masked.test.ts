import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../support/own-server.ts';
import { columns, configuration, expectNoCanary, files, script } from './customers.ts';
import { useProduction } from './shop-production.ts';
import { rehearse, withStage } from './stage.ts';

const production = useProduction();

test('what is undecided is found, proposed, and stops every copy', async () => {
  await withStage(
    production,
    { script, files, settings: configuration({ columns: { 'public.customer.phone': 'hash', 'public.customer.fax': 'null' } }) },
    async ({ cli, folder }) => {
      const proposed = await cli(['mask']);
      expect(proposed).toMatchObject({ exitCode: 0, stdout: '"public.customer.email": "fake:email",\n' });
      expect(proposed.stderr).toMatch(/1 masked, 0 kept, 1 undecided/);
      expect(proposed.stderr).toMatch(/public\.customer\.email +text +its name says an e-mail address/);
      const checked = await cli(['mask', '--check', '--json']);
      expect(checked.exitCode).toBe(1);
      expect(JSON.parse(checked.stdout)).toMatchObject({
        exitCode: 1,
        undecided: [{ name: 'public.customer.email', table: 'customer', column: 'email', type: 'text', suggestion: 'fake:email' }],
        problems: ['public.customer.fax does not exist: public.customer has no column fax'],
      });
      const refused = await cli(['clone']);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toMatch(/public\.customer\.fax does not exist/);
      expect(refused.stderr).toMatch(/public\.customer\.email \(text\) has no decision/);
      expect(readdirSync(folder)).not.toContain('dump');
      for (const { stdout, stderr } of [proposed, checked, refused]) expect(stdout + stderr).not.toMatch(/canary/);
    },
  );
});

test('a run on masked rows says so, and takes nothing for proven that only they show', async () => {
  const invariants = [
    {
      name: 'mails-have-an-at',
      sql: "select 1 from public.customer where mail not like '%@%'",
      expect: { rows: 'none' },
      breakWith: "alter table public.customer drop constraint mail_looks_right; update public.customer set mail = 'x' || id",
    },
    {
      name: 'customers-are-numbered',
      sql: 'select 1 from public.customer where id is null',
      expect: { rows: 'none' },
      breakWith:
        'alter table public.customer drop constraint customer_pkey; alter table public.customer alter id drop not null; update public.customer set id = null',
    },
  ];
  const settings = configuration({ columns }, { data: { invariants, parity: 'content' } });
  await withStage(
    production,
    {
      script,
      files: {
        ...files,
        'schema/head.sql': `${files['schema/head.sql']}alter table public.customer add constraint mail_looks_right check (mail like '%@%.%');\n`,
      },
      settings,
    },
    async (stage) => {
      const { exitCode, summary, text, runFolder } = await rehearse(stage);
      expect(text).toMatch(/Masked were 2 columns in 1 table; weakened by that: invariant:mails-have-an-at, row-parity\./);
      expect(exitCode).toBe(3);
      expect(summary.verdict?.kind).toBe('INCONCLUSIVE');
      const outcomes = Object.fromEntries(summary.gates.map(({ gate, outcome }) => [gate, outcome]));
      expect(outcomes).toMatchObject({
        ...{ 'row-parity': 'passed', 'schema-equality': 'passed', 'invariant:customers-are-numbered': 'passed' },
        ...{ 'invariant:mails-have-an-at': 'inconclusive', 'masked-constraints': 'inconclusive' },
      });
      expect(summary.copy?.masking?.columns).toEqual([
        { schema: 'public', table: 'customer', column: 'email', strategy: 'fake:email' },
        { schema: 'public', table: 'customer', column: 'phone', strategy: 'hash' },
      ]);
      expect(readFileSync(join(runFolder, 'report.html'), 'utf8')).toMatch(/2 columns in 1 table, with a random salt/);
      expectNoCanary(stage);
      expect((await ask(stage.address, "select count(*)::int as n from customer where email like 'canary%'"))[0]).toEqual({ n: 100 });
    },
  );
});
