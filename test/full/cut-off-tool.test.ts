import { expect, test } from 'vitest';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';

const production = useProduction();

/** A team's own tool: its first step is one transaction, its second commits an index by itself and writes the ledger afterwards. */
const tool = (second: string) => `
import pg from ${JSON.stringify(import.meta.resolve('pg'))};
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
// A connection that is lost ends the tool, as it would end any other.
client.on('error', () => process.exit(1));
await client.connect();
const has = async (version) => (await client.query('select 1 from public.schema_migrations where version = $1', [version])).rowCount === 1;
if (!(await has('0002_note'))) {
  await client.query('begin');
  await client.query('alter table public.item add column note text');
  await client.query("update public.item set note = 'new ' || id where id > $1", [40]);
  await client.query("insert into public.schema_migrations values ('0002_note')");
  await client.query('commit');
}
if (!(await has('0003_index'))) {
  await client.query('${second}');
  await client.query("insert into public.schema_migrations values ('0003_index')");
}
await client.end();
`;

const head = `${shopFiles['schema/head.sql']}create index item_name on public.item (name);\n`;
const files = (second: string) => ({ 'tool.mjs': tool(second), 'schema/head.sql': head });
const settings = {
  migrate: { tool: 'command', command: [process.execPath, 'tool.mjs'], folder: undefined, layout: undefined },
  interruptions: { required: true },
  traffic: { enabled: false },
};

test('a tool is cut off where its statements end, and run again: one goes on everywhere', { timeout: 120_000 }, async () => {
  await withStage(production, { files: files('create index if not exists item_name on public.item (name)'), settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(
      summary.cuts.map(({ kind, statement, outcome }) => [kind, statement, outcome]),
      text,
    ).toEqual([
      ['in-transaction', 3, 'continues'],
      ['between-statements', 4, 'continues'],
      ['between-statements', 5, 'continues'],
    ]);
    expect(summary.cuts[0]).toMatchObject({ stayed: [], couldDiffer: true });
    expect(summary.cuts[2]?.stayed).toEqual(expect.arrayContaining(['column public.item.note is there', 'index public.item_name is there']));
    expect(summary.gates.find(({ gate }) => gate === 'interrupted-migration')).toMatchObject({ outcome: 'passed', required: true });
  });
});

test('a tool that meets its own index is blocked, and the report names what it met', { timeout: 120_000 }, async () => {
  await withStage(production, { files: files('create index item_name on public.item (name)'), settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(
      summary.cuts.map(({ outcome }) => outcome),
      text,
    ).toEqual(['continues', 'continues', 'blocked']);
    expect(summary.cuts[2]).toMatchObject({ error: { sqlstate: '42P07' }, met: expect.stringContaining('just what the statement would make') });
    expect(summary.verdict).toMatchObject({ kind: 'BLOCKER', rootCause: 'sql-error' });
  });
});
