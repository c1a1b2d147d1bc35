import { randomBytes } from 'node:crypto';
import type { LockedRun } from '../src/check/recording/holds.ts';
import { judgeRecording } from '../src/check/recording/judge-recording.ts';
import { showMode, stoppedBy } from '../src/check/recording/lock-words.ts';
import { RecordedRun } from '../src/check/recording/recorded-run.ts';
import { showCount } from '../src/check/show-count.ts';
import type { RecordSettings } from '../src/config/schema.ts';
import { record } from '../src/config/settings/record.ts';
import type { Advice } from '../src/core/explained-comparison.ts';
import type { Finding } from '../src/core/finding.ts';
import type { Context } from '../src/core/ports.ts';
import type { RecordedStatement } from '../src/core/recording.ts';
import type { Address } from '../src/core/server.ts';
import { exampleSettings, onQuietMachine, type RecordedExample, type RecordingExample, recordScript } from '../test/support/record-example.ts';
import { unwrap } from '../test/support/unwrap.ts';
import { underTraffic } from './see-traffic.ts';

/** What one statement of an example did on a real server. */
export interface SeenStatement {
  readonly line?: number;
  readonly text: string;
  /** What it locked, did and met: sentences without a subject. */
  readonly did: readonly string[];
}

export type SeenFinding = Pick<Finding, 'id' | 'severity' | 'title' | 'detail'> & { readonly safeWay?: Advice };

/** What a check's bad.sql did, and what was found of it. Nothing in it depends on the machine: times and sizes are words. */
export interface SeenExample {
  readonly statements: readonly SeenStatement[];
  readonly findings: readonly SeenFinding[];
}

/** The name in the examples; roles belong to the whole server, so that each run has one of its own. */
const exampleRole = 'pgrehearse_example_reporting';

/** Runs a check's bad.sql on a server, under the flight recorder, in a database that is gone afterwards. */
export async function seeBad(context: Context, server: Address, example: RecordingExample): Promise<SeenExample> {
  return await inExample(context, server, example, example.bad, (recorded) => {
    const { findings } = judgeExample(recorded, everyLockIsLong(example));
    const run = new RecordedRun({ recording: onQuietMachine(recorded.recording), facts: recorded.facts, settings: everyLockIsLong(example) });
    return {
      statements: recorded.recording.statements.flatMap((statement) => seenStatement(run, statement)),
      findings: findings.filter(({ check }) => check === example.check).map(seenFinding),
    };
  });
}

/** The same of a check of the traffic: what readers and writers met. */
export async function seeTraffic(context: Context, server: Address, example: RecordingExample): Promise<SeenExample> {
  const findings = await inDatabase(context, server, example.setup, (address) => underTraffic(context, address, example.bad));
  return { statements: [], findings: findings.filter(({ check }) => check === example.check).map(metFinding) };
}

/** What is found of a check of the traffic in its good.sql, as it is judged in a run. */
export async function seeTrafficOfGood(context: Context, server: Address, { check, setup, good }: RecordingExample): Promise<readonly Finding[]> {
  const findings = await inDatabase(context, server, setup, (address) => underTraffic(context, address, good));
  return findings.filter((finding) => finding.check === check);
}

/** Which of the sessions on a table met it first or longest, and how often, is chance. */
function metFinding(finding: Finding): SeenFinding {
  const { detail, ...seen } = seenFinding(finding);
  const anyone = (text: string) => text.replaceAll(/\b(?:prepared reader|reader|writer) of\b/gi, '⟨session⟩ on').replaceAll(/\b\d+ times?\b/g, '⟨some⟩ times');
  const lines = detail?.split('\n').filter((line) => !line.startsWith('It ran: ') && !line.startsWith('Of the '));
  return { ...seen, title: anyone(seen.title), ...(lines === undefined ? {} : { detail: anyone(lines.join('\n')) }) };
}

/** What is still found of the check when its own safe way is taken; and errors of that code. */
export async function trySafeWay(
  context: Context,
  server: Address,
  example: RecordingExample,
  seen: SeenExample,
  way: 'instead' | 'before' | 'after',
): Promise<{ readonly errors: readonly string[]; readonly left: readonly Pick<Finding, 'id' | 'severity' | 'title'>[] }> {
  const safe = seen.findings.flatMap(({ safeWay }) => safeWay?.statements ?? []).map((statement) => `${statement};\n`);
  const script = way === 'instead' ? safe.join('') : way === 'before' ? `${safe.join('')}${example.bad}` : `${example.bad}${safe.join('')}`;
  return await inExample(context, server, example, script, (recorded) => ({
    errors: recorded.recording.statements.flatMap(({ text, error }) => (error === undefined ? [] : [`${error.message}: ${text}`])),
    left: judgeExample(recorded, exampleSettings(example))
      .findings.filter(({ check }) => check === example.check)
      .map(({ id, severity, title }) => ({ id, severity, title })),
  }));
}

/** Records a script on what an example is set up with. */
export async function inExample<T>(
  context: Context,
  server: Address,
  { check, setup }: RecordingExample,
  script: string,
  tell: (recorded: RecordedExample) => T,
): Promise<T> {
  return await inDatabase(context, server, setup, async (address, run) => {
    const role = `${exampleRole}_${address.database}`;
    try {
      const recorded = await recordScript(context, address, 'bad.sql', script.replaceAll(exampleRole, role));
      return JSON.parse(JSON.stringify(tell(recorded)).replaceAll(role, exampleRole)) as T;
    } finally {
      if (check === 'cluster-wide') await run(address, `drop owned by ${role}`, `drop role ${role}`);
    }
  });
}

type RunSql = (address: Address, ...statements: readonly string[]) => Promise<void>;

/** In a database of its own, which is gone afterwards. */
async function inDatabase<T>(context: Context, server: Address, setup: string, use: (address: Address, run: RunSql) => Promise<T>): Promise<T> {
  const run: RunSql = async (address, ...statements) => {
    await using session = unwrap(await context.edge.postgres.connect(address));
    for (const statement of statements) await session.execute(statement);
  };
  const database = `t_${randomBytes(6).toString('hex')}`;
  await run(server, `create database ${database}`);
  try {
    await run({ ...server, database }, setup);
    return await use({ ...server, database }, run);
  } finally {
    await run(server, `drop database ${database} with (force)`);
  }
}

export function judgeExample({ recording, facts }: RecordedExample, settings: RecordSettings) {
  return judgeRecording({ recording: onQuietMachine(recording), facts, settings });
}

/** The examples' tables are small, so that their locks are short: each counts as it would on a large one. */
export function everyLockIsLong({ limits }: RecordingExample): RecordSettings {
  return record.parse({ limits: { longLockMs: 0, briefLockMs: 0, ...limits } });
}

function seenFinding({ id, severity, title, detail, advice }: Finding): SeenFinding {
  return {
    ...{ id, severity, title: inWords(title) },
    ...(detail === undefined ? {} : { detail: inWords(detail) }),
    ...(advice === undefined ? {} : { safeWay: advice }),
  };
}

/** Times and sizes are another machine's and another day's. */
function inWords(text: string): string {
  return text
    .replaceAll(/\b(?:under 1 ms|\d+ h \d+ min|\d+ min(?: \d+ s)?|\d+(?:\.\d)? m?s)\b/g, '⟨time⟩')
    .replaceAll(/\b\d+(?:\.\d)? (?:bytes|kB|MB|GB|TB)\b/g, '⟨size⟩');
}

function seenStatement(run: RecordedRun, statement: RecordedStatement): readonly SeenStatement[] {
  const did = [
    ...(statement.error === undefined ? [] : [`was refused: ${statement.error.message} (SQLSTATE ${statement.error.sqlstate})`]),
    ...locksOf(run, statement),
    ...workOf(run, statement),
  ];
  if (did.length === 0) return [];
  return [{ ...(statement.place?.line === undefined ? {} : { line: statement.place.line }), text: statement.text, did }];
}

function locksOf(run: LockedRun & RecordedRun, statement: RecordedStatement): readonly string[] {
  const until = run.transaction(statement.transaction)?.block === true ? 'to the end of the transaction' : 'while it ran';
  return run.holds
    .filter((hold) => hold.statement.id === statement.id && hold.assumed !== true)
    .map(({ table, mode }) => `held ${showMode(mode)} on ${run.nameOf(table)} ${until}, which stops ${stoppedBy(mode)}`)
    .toSorted();
}

function workOf(run: RecordedRun, { rewrites = [], scans = [], written = [], created = [], tag }: RecordedStatement): readonly string[] {
  const anew = [...Map.groupBy(tag === 'TRUNCATE TABLE' ? [] : rewrites, ({ relation }) => run.tableOf(relation)).entries()]
    .filter(([table]) => run.isOfProduction(table))
    .map(([table, parts]) => {
      const indexes = parts.filter(({ relation }) => run.before.indexes.some(({ oid }) => oid === relation)).length;
      return `wrote ${run.nameOf(table)}${indexes === 0 ? '' : ` and ${showCount(indexes, 'index').replace(/xs$/, 'xes')} of it`} anew`;
    });
  const whole = scans
    .filter(({ relation, rowsRead }) => rowsRead > 0 && run.isOfProduction(relation))
    .map(({ relation }) => `read all of ${run.nameOf(relation)}`);
  const rows = written
    .filter(({ relation }) => run.isOfProduction(relation))
    .map(({ relation, inserted, updated, deleted }) => `wrote ${showCount(inserted + updated + deleted, 'row')} of ${run.nameOf(relation)}`);
  const built = created.filter(({ kind }) => kind === 'index').map(({ name }) => `built index ${name}`);
  return [...anew, ...whole, ...rows, ...built].toSorted();
}
