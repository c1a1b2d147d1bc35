import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenVariants } from '../governed/broken-variants.ts';
import { expectCaught } from '../governed/expect-caught.ts';
import { anchor, example, expectNineLogs, GovernedProject, quick } from '../governed/governed-project.ts';
import { hasAlembic } from '../record/clients-alembic.ts';

describe.skipIf(!hasAlembic).each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let project: GovernedProject;
  beforeAll(async () => {
    project = await GovernedProject.start(major);
  });
  afterAll(async () => await project[Symbol.asyncDispose]());

  test('the README’s run passes, is told in nine logs, and its evidence can be verified and approved', { timeout: 600_000 }, async () => {
    await project.makeAnew();
    const readme = readFileSync(join(example, 'README.md'), 'utf8');
    const commands = [...readme.matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command).filter((command) => /^(psql|mkdir|npx)/.test(command));
    expect(commands).toHaveLength(4);
    expect(commands.slice(2)).toEqual(['npx pgrehearse run', 'npx pgrehearse evidence verify --root "$ROOT_HASH"']);
    // The pg_dump of the oldest server that is tried here reads no newer one.
    if (major === 15) {
      await project.emptyProduction();
      for (const command of commands.slice(0, 2)) execFileSync('sh', ['-c', command], { cwd: project.folder, stdio: 'pipe', env: project.environment() });
    }
    const { exitCode, folder, summary, stdout, stderr, rootHash } = await project.rehearse();
    expect({ exitCode, verdict: summary.verdict?.kind }, `${stdout}${stderr}`).toEqual({ exitCode: 0, verdict: 'PASS' });
    expect(await project.cli('evidence', 'verify', '--root', rootHash)).toMatchObject({ exitCode: 0 });
    const passed = summary.gates.filter(({ outcome, required }) => outcome === 'passed' && required).map(({ gate }) => gate);
    expect(passed).toEqual(
      expect.arrayContaining([
        ...['backup', 'isolation', 'lineage-heads', 'row-parity', 'anchor-parity', 'stamp', 'lineage', 'lineage-applied', 'forbidden-errors'],
        ...['required-objects', 'required-tables', 'row-bounds', 'schema-equality', 'invariant:references-lead-to-rows'],
      ]),
    );
    expect(summary.history?.stamp).toMatchObject({
      revision: anchor,
      by: 'tool',
      ledger: ['public.alembic_version'],
      changed: [],
      written: [],
      recorded: [anchor],
    });
    expect(summary.history?.applied).toMatchObject({ current: ['70a79686336c'], heads: ['70a79686336c'] });
    const { expectedPending } = JSON.parse(readFileSync(join(example, 'pgrehearse.config.json'), 'utf8')).lineage;
    expect(summary.history?.applied?.order).toEqual(expectedPending);
    // A second run on the stamped clones went back to where they were stamped.
    expect(summary.gates.find(({ gate }) => gate === 'rollback:command')?.outcome).not.toBe('failed');
    expectNineLogs(folder, readme);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['memo.md', 'memo.html', 'transcript.txt', 'deploy-transcript.txt', 'manifest.json']));
    expect(await project.ask(`select to_regclass('public.alembic_version') as ledger`)).toMatchObject([{ ledger: null }]);

    const approved = { anchor: { revision: anchor, approvedEvidence: rootHash }, ...quick };
    const again = await project.rehearse(approved);
    expect(again.summary.verdict, again.stdout).toMatchObject({ kind: 'PASS' });
    expect(again.summary.gates.find(({ gate }) => gate === 'approved-evidence')).toMatchObject({ outcome: 'passed', couldFail: true });

    // Somebody changed production since, in a way that the repo at the anchor shows too.
    await project.ask('alter table public.users alter column email drop not null');
    const drifted = await project.rehearse(approved);
    expect(drifted.summary.verdict, drifted.stdout).toMatchObject({ kind: 'BLOCKER', rootCause: 'structural-parity', otherCauses: ['schema-drift'] });
    expect(drifted.summary.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['anchor-parity:column:public.users.email:not null', 'approved-structure:column:public.users.email:not null']),
    );
    expect(drifted.summary.history?.stamp).toBeUndefined();
  });

  test.each(brokenVariants)('$name: $about', { timeout: 200_000 }, async (variant) => {
    await expectCaught(project, variant);
  });

  test('a difference of up to 0.1 percent of a table’s rows is told, and ends nothing, where the plan tolerates it', { timeout: 100_000 }, async () => {
    const variant = brokenVariants.find(({ name }) => name === 'row-parity');
    const { summary, stdout } = await project.rehearseBroken({ ...variant, production: variant?.production?.replace('id <= 4', 'id <= 3') });
    expect(
      summary.gates.find(({ gate }) => gate === 'row-parity'),
      stdout,
    ).toMatchObject({ outcome: 'passed' });
    expect(summary.findings).toContainEqual(expect.objectContaining({ id: 'row-parity:table:public.investor_statements', severity: 'warning' }));
    // The index that did it is none of the repo's.
    expect(summary.verdict).toMatchObject({ kind: 'BLOCKER', rootCause: 'schema-drift' });
  });

  test('a stamp with the head, and one over a list that names something, are refused', { timeout: 200_000 }, async () => {
    await project.makeAnew();
    const head = await project.rehearse({ anchor: { revision: '70a79686336c' }, ...quick });
    expect([head.exitCode, head.summary.failures[0]?.failure.code], head.stdout).toEqual([2, 'stamp-refused']);
    expect(head.summary.phases.find(({ phase }) => phase === 'provision')?.outcome).toBe('not-run');
    await project.ask(
      `create table public.alembic_version (version_num text primary key); insert into public.alembic_version values ('0014_monthly_report_packs')`,
    );
    const over = await project.rehearse(quick);
    expect([over.exitCode, over.summary.failures[0]?.failure.code], over.stdout).toEqual([2, 'stamp-refused']);
    expect(over.summary.failures[0]?.failure.message).toContain('names 0014_monthly_report_packs');
  });

  test('without a backup that is young enough, nothing is made', { timeout: 100_000 }, async () => {
    await project.makeAnew();
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    utimesSync(join(project.folder, 'dump/last-backup'), twoDaysAgo, twoDaysAgo);
    const { exitCode, summary, stdout } = await project.rehearse(quick);
    expect([exitCode, summary.verdict?.kind], stdout).toEqual([1, 'BLOCKER']);
    expect(summary.phases.find(({ phase }) => phase === 'provision')?.outcome).toBe('not-run');
  });
});
