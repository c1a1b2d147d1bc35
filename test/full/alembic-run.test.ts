import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitStatements } from '../../src/sql/split-statements.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { alembicRepo, hasAlembic } from '../record/clients-alembic.ts';
import { essenceOf } from '../record/clients-essence.ts';
import { clientsProduction, paymentsDid, paymentsFile } from '../record/clients-payments.ts';

const production = useProduction();

const ledger = `create table alembic_version (version_num varchar(32) not null, constraint alembic_version_pkc primary key (version_num));`;
const script = `create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;
set role shop_migrator;
${clientsProduction}
${ledger} insert into alembic_version values ('0001');`;

/** What the repo says the schema is at its head: the same, without rows. */
const head = [...splitStatements(clientsProduction), ...splitStatements(ledger), ...splitStatements(readFileSync(paymentsFile, 'utf8'))]
  .filter(({ text }) => !/^\s*(insert|update|analyze)\b/i.test(text))
  .map(({ text }) => `${text};\n`)
  .join('');
const read = (path: string) => readFileSync(join(alembicRepo, path), 'utf8');
const versions = ['migrations/versions/0001.py', 'migrations/versions/0002.py'];
const repo = Object.fromEntries(['alembic.ini', 'migrations/env.py', ...versions].map((path) => [path, read(path)]));

const settings = {
  migrate: {
    tool: 'command',
    command: ['alembic', 'upgrade', 'head'],
    folder: 'migrations/versions',
    layout: undefined,
    ledger: { table: 'public.alembic_version', column: 'version_num' },
  },
  // However small and quick it is here: what is found must not depend on this machine.
  record: { enabled: true, limits: { smallTableRows: 0, smallTableBytes: 0, briefLockMs: 0, longLockMs: 0 } },
  traffic: { enabled: false },
};

test.skipIf(!hasAlembic)('a whole rehearsal with Alembic: its statements are recorded, judged and reported', async () => {
  await withStage(production, { script, files: { ...repo, 'schema/head.sql': head }, settings }, async (stage) => {
    const { exitCode, summary, text } = await rehearse(stage);
    expect(summary.failures, text).toEqual([]);
    const { recording } = summary;
    if (recording === undefined) throw new Error(`nothing was recorded: ${text}`);
    expect(essenceOf(recording)).toEqual(paymentsDid);
    expect(
      summary.phases.find(({ phase }) => phase === 'schema-gate'),
      text,
    ).toMatchObject({ outcome: 'passed' });
    const blockers = summary.findings.filter(({ severity }) => severity === 'blocker').map(({ id }) => id);
    expect(blockers).toEqual(
      expect.arrayContaining([
        'rewrite:table:public.invoice:type',
        'blocking-index:index:public.invoice_customer',
        'validated-under-lock:constraint:invoice_customer_fkey on public.invoice',
        'validated-under-lock:column:public.invoice.note',
      ]),
    );
    expect({ exitCode, verdict: summary.verdict }, text).toMatchObject({ exitCode: 1, verdict: { kind: 'BLOCKER', rootCause: 'lock' } });
  });
});
