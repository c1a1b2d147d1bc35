import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { RunSummary } from '../../src/core/run-summary.ts';
import { useTarget } from '../external/shared-target.ts';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, type Stage, withStage } from '../program/stage.ts';
import { alembicRepo, hasAlembic } from '../record/clients-alembic.ts';

const production = useProduction();
const target = useTarget();
const { 'migrations/0001_start.sql': start = '', 'migrations/0002_note.sql': note = '' } = shopFiles;

/** The shop's repo with ways down. */
const downs = {
  'migrations/0001_start.sql': undefined,
  'migrations/0002_note.sql': undefined,
  'db/0001_start.up.sql': start,
  'db/0002_note.up.sql': note,
  'db/0002_note.down.sql': 'alter table public.item drop note;\n',
};
const files = Object.fromEntries(Object.entries(downs).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
const upDown = { folder: 'db', layout: 'up-down' };

async function rollBack(
  stage: Stage,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number | null; readonly summary: RunSummary; readonly events: readonly Event[]; readonly text: string }> {
  const { exitCode, stdout, stderr } = await stage.cli(['rollback', '--json'], { env });
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
  const started = events.find((event) => event.type === 'run-started');
  const folder = join(stage.folder, '.pgrehearse/runs', started?.header.runId ?? `nothing was recorded: ${stderr}`);
  return { exitCode, events, text: stderr, summary: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RunSummary };
}

test('`run` and `rollback` have the same evidence of a way down, and `rollback` says that it speaks of nothing else', async () => {
  await withStage(production, { files, settings: { migrate: upDown, rollback: { ways: ['down'] } } }, async (stage) => {
    const alone = await rollBack(stage);
    expect(alone.exitCode, alone.text).toBe(0);
    expect(alone.summary.header?.scope).toBe('way-back');
    expect(alone.summary.verdict).toMatchObject({ kind: 'PASS', summary: expect.stringMatching(/^Of the way back only, the deploy itself was not judged: /) });
    expect(alone.summary.phases.filter(({ outcome }) => outcome !== 'not-run').map(({ phase }) => phase)).toEqual([
      ...['preconditions', 'provision', 'fidelity', 'lineage', 'rollback', 'verdict'],
    ]);
    // Nothing of the clones' own migrating may look like the deploy's.
    expect(alone.events.some(({ type }) => type === 'statement' || type === 'migration-finished')).toBe(false);
    expect((await stage.cli(['runs'])).stdout).toMatch(/PASS \(way back only\)/);
    const whole = await rehearse(stage);
    expect(whole.summary.verdict?.kind, whole.text).toBe('PASS');
    const told = ({ waysBack, gates }: RunSummary) => ({
      steps: waysBack.flatMap(({ steps }) => steps.map(({ forwardMs: _f, backMs: _b, ...step }) => step)),
      gates: gates.filter(({ phase }) => phase === 'rollback').map(({ gate, outcome, proof }) => ({ gate, outcome, proof })),
    });
    expect(told(whole.summary)).toEqual(told(alone.summary));
    expect(told(whole.summary)).toMatchObject({ steps: [{ migration: '0002_note', outcome: 'done', differences: [], data: [] }] });
  });
});

test('without a way down, `rollback` proves nothing, and `run` says which way is left', async () => {
  await withStage(production, {}, async (stage) => {
    const { exitCode, summary } = await rollBack(stage);
    expect({ exitCode, verdict: summary.verdict }).toMatchObject({ exitCode: 3, verdict: { kind: 'INCONCLUSIVE', rootCause: 'rollback' } });
    expect(summary.phases.find(({ phase }) => phase === 'rollback')?.summary).toMatch(/no pending migration has a way down.*restore a backup/);
  });
});

test('a backup from before is made, restored, and is what was before; nothing of it stays', async () => {
  const script = 'alter table public.item add note text; update public.item set note = name where id <= 7;\n';
  const settings = { rollback: { ways: ['restore'] } };
  await withStage(production, { files: { 'migrations/0002_note.sql': script }, settings }, async (stage) => {
    const { exitCode, summary, text } = await rollBack(stage);
    expect({ exitCode, verdict: summary.verdict, findings: summary.findings }, text).toMatchObject({ exitCode: 0, verdict: { kind: 'PASS' }, findings: [] });
    const [step] = summary.waysBack[0]?.steps ?? [];
    expect(step).toMatchObject({ outcome: 'done', changed: true, rowsSince: 7, differences: [], data: [], compared: { tables: 2, values: 101 } });
    expect(step?.backupMs).toBeGreaterThan(0);
    expect(summary.gates.find(({ gate }) => gate === 'rollback:restore')?.summary).toMatch(/7 rows that the migrations wrote/);
  });
});

test('on a server that others use too: scripts and a restore lead back there, and a way down that would change the whole server is not run', async () => {
  const there = { target: { urlVariable: 'TARGET_URL' }, migrate: upDown, rollback: { ways: ['down', 'restore'] } };
  await withStage(production, { files, settings: there }, async (stage) => {
    const { exitCode, summary, text } = await rollBack(stage, { TARGET_URL: target.url });
    expect({ exitCode, findings: summary.findings, failures: summary.failures }, text).toEqual({ exitCode: 0, findings: [], failures: [] });
    expect(summary.gates.filter(({ phase }) => phase === 'rollback')).toMatchObject([{ gate: 'rollback:down' }, { gate: 'rollback:restore' }]);
  });
  const dropping = { ...files, 'db/0002_note.down.sql': 'alter table public.item drop note;\ndrop role dev_user;\n' };
  await withStage(production, { files: dropping, settings: { ...there, rollback: { ways: ['down'] } } }, async (stage) => {
    const { exitCode, summary } = await rollBack(stage, { TARGET_URL: target.url });
    expect({ exitCode, findings: summary.findings.map(({ id }) => id) }).toMatchObject({ exitCode: 4, findings: ['rollback:way-back:down:untried'] });
    expect(summary.findings[0]?.title).toMatch(/0002_note\.down\.sql, line 2: `drop role` is not run/);
  });
});

test('interrupted while the backup is restored: nothing of it stays', async () => {
  const settings = { rollback: { ways: ['restore'] } };
  await withStage(production, { settings }, async (stage) => {
    let struck = false;
    const { exitCode, stdout } = await stage.cli(['rollback'], {
      during: (child, output) =>
        child.stdout?.on('data', () => {
          if (struck || !output().includes('Restoring the backup')) return;
          struck = true;
          child.kill('SIGINT');
        }),
    });
    expect(struck, stdout).toBe(true);
    // A machine that hands the signal over late has the whole run behind it by then.
    expect([130, 0], stdout).toContain(exitCode);
    expect(stdout).not.toMatch(/could not be rehearsed/);
  });
});

const alembicStart = `do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'shop_migrator') then create role shop_migrator login; end if;
  execute format('alter database %I owner to shop_migrator', current_database());
end $$;
set role shop_migrator;
create table public.item (id bigint primary key, name text not null, colour text);
create table public.alembic_version (version_num varchar(32) not null constraint alembic_version_pkc primary key);
insert into public.alembic_version values ('0001');
reset role;
insert into public.item select n, 'item ' || n, 'red' from generate_series(1, 40) n;`;

function version(revision: string, before: string | undefined, up: string, down: string): string {
  const run = (sql: string) => (sql === '' ? '    pass' : `    op.execute(${JSON.stringify(sql)})`);
  return [
    ...['from alembic import op', `revision = '${revision}'`, `down_revision = ${before === undefined ? 'None' : `'${before}'`}`, 'branch_labels = None'],
    ...['depends_on = None', 'def upgrade():', run(up), 'def downgrade():', run(down), ''],
  ].join('\n');
}

test.skipIf(!hasAlembic)('Alembic’s own downgrade: step by step it leads back, and what it forgets is found', { timeout: 120_000 }, async () => {
  const read = (path: string) => readFileSync(join(alembicRepo, path), 'utf8');
  const repo = {
    ...Object.fromEntries(['alembic.ini', 'migrations/env.py'].map((path) => [path, read(path)])),
    'migrations/versions/0001.py': version('0001', undefined, '', ''),
    'migrations/versions/0002.py': version('0002', '0001', 'alter table public.item add note text', 'alter table public.item drop note'),
  };
  const third = (down: string) => ({ ...repo, 'migrations/versions/0003.py': version('0003', '0002', 'create index item_name on public.item (name)', down) });
  const settings = (command: object) => ({
    migrate: {
      ...{ tool: 'command', command: ['alembic', 'upgrade', 'head'], folder: 'migrations/versions', layout: undefined },
      ledger: { table: 'public.alembic_version', column: 'version_num' },
    },
    rollback: { command },
  });
  const step = { step: ['alembic', 'downgrade', '-1'] };
  await withStage(production, { script: alembicStart, files: third('drop index item_name'), settings: settings(step) }, async (stage) => {
    const { exitCode, summary, text } = await rollBack(stage);
    expect({ exitCode, findings: summary.findings }, text).toEqual({ exitCode: 0, findings: [] });
    expect(summary.waysBack).toMatchObject([{ way: 'command', steps: [{ outcome: 'done', changed: true, drops: ['public.item.note'], again: { ok: true } }] }]);
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the configuration
  const all = { all: ['alembic', 'downgrade', '${previous}'] };
  await withStage(production, { script: alembicStart, files: third(''), settings: settings(all) }, async (stage) => {
    const { exitCode, summary, text } = await rollBack(stage);
    expect({ exitCode, verdict: summary.verdict }, text).toMatchObject({ exitCode: 1, verdict: { kind: 'BLOCKER', rootCause: 'rollback' } });
    expect(summary.findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      'blocker rollback:way-back:command:schema',
      'warning rollback:way-back:command:again',
    ]);
  });
});
