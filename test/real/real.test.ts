import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { buildProject } from './build-project.ts';
import { projects, type RealProject } from './projects.ts';

const realFolder = process.env.PGREHEARSE_REAL ?? '';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let production: ProductionServer;
  let home: ReturnType<typeof makeHome>;
  beforeAll(async () => {
    home = makeHome();
    production = await ProductionServer.start(major);
  });
  afterAll(async () => {
    await production[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  /** Rehearses a project; `sabotage` is run in its production first. */
  async function rehearse(project: RealProject, sabotage?: string) {
    const folder = mkdtempSync(join(tmpdir(), 'pgr-real-'));
    try {
      const built = await buildProject(project, realFolder, folder, production, sabotage);
      const ran = await runProgram(['run', '--json', '--config', 'pgrehearse.config.json'], folder, {
        REAL_SOURCE_URL: built.sourceUrl,
        PGREHEARSE_HOME: home.folder,
      });
      const outcome = readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder));
      const rows = built.rows.reduce((sum, table) => sum + table.rows, 0);
      console.log(`${project.name} on ${major}: ${rows} rows in ${built.rows.length} tables, ${built.applied.length} applied, ${built.pending.length} pending`);
      console.log(`  ${outcome.verdict?.kind} (exit ${outcome.exitCode}): ${outcome.verdict?.summary}`);
      for (const finding of outcome.findings) console.log(`  ${finding.severity} ${finding.id}: ${finding.title}`);
      for (const failure of outcome.failures) console.log(`  ${failure.code}: ${failure.message}`);
      return { built, outcome, stderr: ran.stderr };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test.each(projects)('$name with its last $pending migrations pending', async (project) => {
    const { built, outcome, stderr } = await rehearse(project);
    expect(
      outcome.migrations.filter((migration) => migration.error === undefined),
      stderr,
    ).toHaveLength(built.pending.length);
    expect(outcome.verdict?.kind, stderr).toBe('PASS');
    expect(outcome.leftovers).toEqual([]);
  });

  test('docs.rs with an index that somebody has dropped by hand', async () => {
    const [docs] = projects;
    if (docs === undefined) throw new Error('no project');
    const { outcome, stderr } = await rehearse(docs, 'drop index public.releases_repo_idx');
    expect(outcome.verdict?.kind, stderr).toBe('BLOCKER');
    expect(outcome.findings.map((finding) => finding.id)).toContain('schema-equality:index:public.releases_repo_idx');
  });
});
