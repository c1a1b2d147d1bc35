import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Outcome, readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { unhurried } from '../support/unhurried.ts';

export const runbookExample = join(import.meta.dirname, '../../examples/sql-runbook');
const modules = join(import.meta.dirname, '../../node_modules');

/** A fault that is planted into the example, and what the rehearsal says of it. */
interface RunbookDefect {
  readonly name: string;
  readonly about: string;
  /** Text that is replaced in each of the files, where it stands once; without `replace` the file is written anew. */
  readonly changes: readonly { readonly files: readonly string[]; readonly replace?: string; readonly with: string }[];
  /** Parts of the configuration in place of its own. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly verdict: string;
  readonly rootCause: string;
  readonly exitCode: number;
  /** All blockers and doubts, and no others. */
  readonly findings: readonly string[];
  readonly majors?: readonly number[];
}

export const runbookDefects = JSON.parse(readFileSync(join(runbookExample, 'defects.json'), 'utf8')) as readonly RunbookDefect[];

/** Makes a copy of the example with the defect in it. Throws where the text isn't there that it replaces. */
export function plant(defect: Pick<RunbookDefect, 'name' | 'changes'> | undefined, folder: string): void {
  cpSync(runbookExample, folder, { recursive: true, filter: (source) => !/\/(\.pgrehearse|dump)$/.test(source) });
  for (const { files, replace, with: text } of defect?.changes ?? []) {
    for (const file of files.map((name) => join(folder, name))) {
      if (replace === undefined) {
        writeFileSync(file, text);
        continue;
      }
      const parts = readFileSync(file, 'utf8').split(replace);
      if (parts.length !== 2) throw new Error(`${defect?.name}: ${file} has the text ${parts.length - 1} times`);
      writeFileSync(file, parts.join(text));
    }
  }
}

/** Parts of the configuration without which a run is quicker. */
const quick = { ...unhurried, traffic: { enabled: false } };
const noWayBack = { rollback: { ways: 'off' } };

/** Starts the example's production for the tests of this file. Gives what rehearses a copy of the example with a defect in it, or the example as it is. */
export function useRunbook(major: 15 | 18): (defect?: RunbookDefect) => Promise<Outcome & { readonly stderr: string }> {
  let production: ProductionServer;
  let home: ReturnType<typeof makeHome>;
  let archive: string | undefined;
  beforeAll(async () => {
    home = makeHome();
    production = await ProductionServer.start(major);
    await production.load('lantern', readFileSync(join(runbookExample, 'production.sql'), 'utf8'));
    // A pg_dump that is older than the server refuses it.
    if (major === 15) {
      archive = join(home.folder, 'pre-0008.dump');
      execFileSync('pg_dump', ['-Fc', '-f', archive, production.url('lantern')]);
    }
  });
  afterAll(async () => {
    await production[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });
  return async (defect) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgr-runbook-'));
    try {
      plant(defect, folder);
      mkdirSync(join(folder, 'dump'));
      if (archive !== undefined && existsSync(archive)) cpSync(archive, join(folder, 'dump/pre-0008.dump'), { preserveTimestamps: true });
      const file = join(folder, 'pgrehearse.config.json');
      const config = JSON.parse(readFileSync(file, 'utf8'));
      // Production stays as it is: the first rehearsal's image does for all.
      const own = { ...config, ...quick, ...(defect?.rootCause === 'rollback' ? {} : noWayBack), image: { keepHours: 1 }, ...defect?.config };
      writeFileSync(file, JSON.stringify(major === 15 ? own : ofMajor(own, major)));
      const ran = await runProgram(['run', '--json'], folder, {
        ...{ LANTERN_DATABASE_URL: production.url('lantern'), PGREHEARSE_HOME: home.folder, NODE_PATH: modules },
      });
      return { ...readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder)), stderr: ran.stderr };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Lantern on another version: its own server check says so, and its backup is somebody’s word, since no pg_dump of that version is here. */
function ofMajor<T extends { readonly runbook: { readonly serverChecks: readonly { readonly kind: string; readonly file?: string }[] } }>(
  config: T,
  major: number,
) {
  const word = { by: 'dba', at: new Date().toISOString(), statement: 'Restored into staging today.' };
  const serverChecks = config.runbook.serverChecks.map(({ file, ...check }) =>
    check.kind === 'version' ? { ...check, min: `${major}`, max: `${major}` } : file === undefined ? check : { ...check, attestation: word },
  );
  return { ...config, runbook: { ...config.runbook, serverChecks } };
}

/** Ids of what stops a deploy, or leaves it open. */
function graveIds({ findings }: Outcome): readonly string[] {
  return findings
    .filter(({ severity }) => severity === 'blocker' || severity === 'doubt')
    .map(({ id }) => id)
    .sort();
}

/** One test for each defect: its findings, its root cause, its exit code, and no other grave finding. */
export function describeRunbookDefects(rehearse: ReturnType<typeof useRunbook>, chosen: readonly RunbookDefect[]): void {
  test.each(chosen)('$name: $verdict, $rootCause', { timeout: 200_000 }, async (defect) => {
    const outcome = await rehearse(defect);
    const { verdict } = outcome;
    expect(graveIds(outcome), outcome.stderr).toEqual(defect.findings.toSorted());
    expect({ exitCode: outcome.exitCode, verdict: verdict?.kind, rootCause: verdict?.kind === 'PASS' ? undefined : verdict?.rootCause }).toEqual({
      ...{ exitCode: defect.exitCode, verdict: defect.verdict, rootCause: defect.rootCause },
    });
    expect(outcome.leftovers).toEqual([]);
  });
}

/** The example as it is: nothing is found, and all that ticks the checklist has passed. */
export function describeSoundRunbook(rehearse: ReturnType<typeof useRunbook>, ticks: readonly string[]): void {
  test('as it is: PASS, and the checklist is ticked', { timeout: 200_000 }, async () => {
    const outcome = await rehearse();
    expect(graveIds(outcome), outcome.stderr).toEqual([]);
    expect(outcome.failures).toEqual([]);
    expect({ exitCode: outcome.exitCode, verdict: outcome.verdict?.kind }).toEqual({ exitCode: 0, verdict: 'PASS' });
    expect(outcome.passed).toEqual(expect.arrayContaining([...ticks]));
    expect(outcome.leftovers).toEqual([]);
  });
}
