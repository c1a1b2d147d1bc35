import type { Event } from '../../src/core/event.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { MigrationOutcome } from '../../src/core/migration.ts';
import type { SyncedTable } from '../../src/core/sync.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Expectation, ExpectedTable } from './scenario.ts';

/** What one run of the program said, read from its JSON Lines and its exit code. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly verdict: Verdict | undefined;
  readonly findings: readonly Finding[];
  readonly failures: readonly Failure[];
  readonly migrations: readonly MigrationOutcome[];
  /** Migrations of which a statement ran at least. */
  readonly begun: readonly string[];
  /** Names of the gates that passed. */
  readonly passed: readonly string[];
  /** What a sync made of each table. */
  readonly tables: readonly SyncedTable[];
  /** Ledger lines of things that the run made and did not remove. */
  readonly leftovers: readonly string[];
}

export function readOutcome(jsonLines: string, exitCode: number | null, leftovers: readonly string[]): Outcome {
  const events = jsonLines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
  return {
    exitCode,
    verdict: events.findLast((event) => event.type === 'run-finished')?.verdict,
    findings: events.filter((event) => event.type === 'finding').map((event) => event.finding),
    failures: events.filter((event) => event.type === 'failure').map((event) => event.failure),
    migrations: events.filter((event) => event.type === 'migration-finished').map((event) => event.outcome),
    begun: events.flatMap((event) => (event.type === 'statement' ? [event.statement.migration] : [])),
    passed: events.filter((event) => event.type === 'gate').flatMap(({ gate }) => (gate.outcome === 'passed' ? [gate.gate] : [])),
    tables: events.findLast((event) => event.type === 'tables-synced')?.report.tables ?? [],
    leftovers,
  };
}

/** Where the outcome is not what the scenario expects: one sentence each, none when all is as it should be. */
export function compareOutcome(expect: Expectation, outcome: Outcome): readonly string[] {
  const problems: string[] = [];
  const { verdict } = outcome;
  if (outcome.exitCode !== expect.exitCode) problems.push(`exit code ${outcome.exitCode}, expected ${expect.exitCode}`);
  if (verdict?.kind !== expect.verdict) problems.push(`verdict ${verdict?.kind ?? 'missing'}, expected ${expect.verdict}`);
  const rootCause = verdict === undefined || verdict.kind === 'PASS' ? undefined : verdict.rootCause;
  if (rootCause !== expect.rootCause) problems.push(`root cause ${rootCause ?? 'none'}, expected ${expect.rootCause ?? 'none'}`);

  const found = new Set(outcome.findings.map((finding) => finding.id));
  for (const id of expect.findings) if (!found.has(id)) problems.push(`finding ${id} is missing`);
  for (const gate of expect.passed ?? []) if (!outcome.passed.includes(gate)) problems.push(`gate ${gate} did not pass`);
  if (expect.noOtherFindings === true) {
    for (const finding of outcome.findings) {
      if (finding.severity !== 'note' && !expect.findings.includes(finding.id)) problems.push(`finding ${finding.id} was not expected: ${finding.title}`);
    }
  }
  if (expect.failure !== undefined && !outcome.failures.some((failure) => matches(failure, expect.failure))) {
    problems.push(
      `failure ${expect.failure.code} ${expect.failure.sqlstate ?? ''} is missing; there are: ${outcome.failures.map(describe).join('; ') || 'none'}`,
    );
  }
  const leftBehind = outcome.migrations.map((migration) => migration.leftBehind ?? '').join('\n');
  if (expect.leftBehind !== undefined && !leftBehind.toLowerCase().includes(expect.leftBehind)) {
    problems.push(`what was left behind doesn't name "${expect.leftBehind}": ${leftBehind}`);
  }
  for (const migration of expect.ranWithoutTransaction ?? []) {
    if (!outcome.migrations.some((ran) => ran.migration === migration && ran.ranAs === 'no-transaction' && ran.error === undefined)) {
      problems.push(`${migration} did not run outside of a transaction`);
    }
  }
  for (const migration of expect.neverRan ?? []) if (outcome.begun.includes(migration)) problems.push(`${migration} ran`);
  if (expect.tables !== undefined) problems.push(...compareTables(expect.tables, outcome.tables));
  for (const line of outcome.leftovers) problems.push(`left on this machine: ${line}`);
  return problems;
}

function compareTables(wanted: Readonly<Record<string, ExpectedTable>>, told: readonly SyncedTable[]): readonly string[] {
  const names = [...new Set([...Object.keys(wanted), ...told.map(({ table }) => table)])].sort();
  return names.flatMap((name) => {
    const [want, got] = [wanted[name], told.find(({ table }) => table === name)];
    const show = (outcome: string, holds: number | undefined) => `${outcome}, holding ${holds ?? 'nobody knows how many'} rows`;
    if (want === undefined) return [`table ${name} was not expected: ${show(got?.outcome ?? '', got?.holds)}`];
    if (got === undefined) return [`table ${name} is not told of`];
    if (got.outcome !== want.outcome || got.holds !== want.holds)
      return [`table ${name} is ${show(got.outcome, got.holds)}, expected ${show(want.outcome, want.holds)}: ${got.reason ?? ''}`];
    if (want.says !== undefined && !got.reason?.includes(want.says)) return [`table ${name} doesn't say "${want.says}": ${got.reason ?? 'nothing'}`];
    return [];
  });
}

function matches(failure: Failure, wanted: Expectation['failure']): boolean {
  return failure.code === wanted?.code && (wanted.sqlstate === undefined || failure.sql?.sqlstate === wanted.sqlstate);
}

function describe(failure: Failure): string {
  return `${failure.code} ${failure.sql?.sqlstate ?? ''} ${failure.message}`;
}
