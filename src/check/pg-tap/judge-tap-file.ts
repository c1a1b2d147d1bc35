import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { RootCause } from '../../core/root-cause.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { pgTapCheck as about } from './about.ts';
import { parseTap, type TapTest } from './parse-tap.ts';
import type { TapRun } from './run-tap-file.ts';

export interface TapFile {
  /** As it is named from the project’s folder. */
  readonly path: string;
  readonly required: boolean;
  /** Undefined: a superuser. */
  readonly role: string | undefined;
  readonly run: TapRun;
  /** The same file where everything has another name; undefined where it wasn’t tried, since it didn’t pass. */
  readonly renamed: TapRun | undefined;
  readonly startedAt: number;
}

/** More of one file are counted. */
const shownFailures = 50;

/** Whether a test file ran as planned, up to its last test. Only then it is asked whether it could have failed. */
export function passedAsPlanned(run: TapRun): boolean {
  const output = parseTap(run.lines);
  return run.error === undefined && run.unready === undefined && faultsOf(run).length === 0 && output.tests.some(counts) && !output.tests.some(failed);
}

/** The gate of one test file. */
export function judgeTapFile(file: TapFile): CheckOutcome {
  const { path, required, run, renamed, startedAt } = file;
  const object = { kind: 'file', name: path };
  const { tests, skippedAll } = parseTap(run.lines);
  const finding = (severity: Severity, property: string | undefined, title: string, more: Partial<Finding> = {}): Finding => ({
    ...{
      id: findingId(about.check, object, property),
      check: about.check,
      phase: about.phase,
      severity,
      rootCause: 'invariant',
      object,
      title,
      cure: about.cure,
    },
    ...more,
  });
  const gate = { gate: `pgtap:${path}`, phase: about.phase, required, startedAt };
  const nothing = (reason: string, cure: string, sql?: SqlErrorFields) => {
    const more = { cure, ...(sql === undefined ? {} : { sql }) };
    const findings = [finding('doubt', undefined, `${path} proves nothing: ${reason}`, more)];
    return conclude({ ...gate, findings, couldFail: false, proof: reason, summary: `Proves nothing: ${reason}.` });
  };
  if (run.unready !== undefined)
    return nothing(`it could not begin: ${run.unready.message}`, 'Correct data.pgTap.role, or what the extension needs.', run.unready);
  if (run.error !== undefined && isOurs(run.error.sql)) return nothing(`it was cut off: ${run.error.sql.message}`, 'Try it again.', run.error.sql);

  const failures = tests.filter(failed);
  const blockers = [
    ...failures
      .slice(0, shownFailures)
      .map((test) =>
        finding(
          'blocker',
          test.description === '' ? String(test.number) : test.description,
          `${path}: test ${test.number} fails${test.description === '' ? '' : `: ${test.description}`}`,
          detailOf(run, test),
        ),
      ),
    ...(run.error === undefined
      ? []
      : [
          finding('blocker', 'error', `${path} stops at ${run.error.at}: ${run.error.sql.message} (SQLSTATE ${run.error.sql.sqlstate})`, {
            sql: run.error.sql,
          }),
        ]),
    ...faultsOf(run).map((fault) => finding('blocker', 'plan', `${path}: ${fault}`)),
  ];
  if (blockers.length > 0) {
    const what = failures.length > 0 ? `${failures.length} of ${showCount(tests.length, 'test')} fail` : (blockers[0]?.title ?? '');
    return conclude({ ...gate, findings: blockers, couldFail: true, proof: 'it failed', summary: `${what}.` });
  }
  if (skippedAll !== undefined)
    return nothing(`all of it is skipped${skippedAll === '' ? '' : `: ${skippedAll}`}`, 'Let it run, or take it out of data.pgTap.files.');
  const counted = tests.filter(counts);
  if (counted.length === 0) return nothing(tests.length === 0 ? 'it has no test' : 'all of its tests are skipped or TODO', 'Give it a test that counts.');
  const still = renamed === undefined ? counted.length : parseTap(renamed.lines).tests.filter((test) => counts(test)).length;
  const cutOff =
    renamed === undefined ? undefined : (renamed.unready ?? (renamed.error !== undefined && isOurs(renamed.error.sql) ? renamed.error.sql : undefined));
  if (renamed === undefined || cutOff !== undefined || still >= counted.length) {
    const reason =
      renamed === undefined || cutOff !== undefined
        ? `it was not seen to fail${cutOff === undefined ? '' : `: ${cutOff.message}`}`
        : `all of its ${showCount(counted.length, 'test')} pass as well when every table, view, routine and type has another name`;
    return nothing(reason, 'Give it a test that looks at the database.');
  }
  const who = file.role === undefined ? 'as a superuser, whom row level security never stops unless the file sets another role' : `as ${file.role}`;
  const leftOut = tests.length - counted.length;
  return conclude({
    ...{ ...gate, findings: [], couldFail: true },
    proof:
      `run ${who}; in a rolled-back transaction in which every table, view, routine and type had another name, ` +
      `${still} of ${showCount(counted.length, 'test')} passed${still === 0 ? '' : ', which say nothing of the schema'}`,
    summary: `${showCount(counted.length, 'test')} ${counted.length === 1 ? 'passes' : 'pass'}${leftOut === 0 ? '' : `, ${leftOut} are skipped or TODO`}.`,
  });
}

/** Nothing could be run although it was asked for. */
export function untriedPgTap(gate: string, required: boolean, reason: string, cure: string, rootCause: RootCause = 'invariant'): CheckOutcome {
  const object = { kind: 'file', name: gate.replace(/^pgtap:/, '') };
  const finding: Finding = {
    ...{ id: findingId(about.check, object), check: about.check, phase: about.phase, severity: 'doubt', rootCause, object },
    ...{ title: `pgTAP tests prove nothing: ${reason}`, cure },
  };
  return conclude({
    ...{ gate, phase: about.phase, required, startedAt: performance.now(), findings: [finding], couldFail: false },
    ...{ proof: 'nothing was run', summary: `Nothing was run: ${reason}.` },
  });
}

function failed({ ok, directive }: TapTest): boolean {
  return !ok && directive === undefined;
}

/** A test that passed because it was asked. */
function counts({ ok, directive }: TapTest): boolean {
  return ok && directive === undefined;
}

function faultsOf(run: TapRun): readonly string[] {
  const { plan, tests, faults, bailedOut } = parseTap(run.lines);
  if (bailedOut !== undefined) return [`it gave up: ${bailedOut}`];
  // An error has its own finding; of course tests are missing after it.
  if (run.error !== undefined) return [];
  const unkept =
    plan === undefined
      ? ['it has no plan, so nobody knows whether all of its tests ran']
      : plan === tests.length
        ? []
        : [`${plan} tests were planned, ${tests.length} ran`];
  return [...unkept, ...faults];
}

/** The diagnostics behind a test’s line. */
function detailOf({ lines }: TapRun, { number }: TapTest): Partial<Finding> {
  const all = lines.flatMap((line) => line.split('\n'));
  const at = all.findIndex((line) => new RegExp(`^not ok ${number}\\b`).test(line));
  const behind = at === -1 ? [] : all.slice(at + 1);
  const end = behind.findIndex((line) => !line.startsWith('#'));
  const said = (end === -1 ? behind : behind.slice(0, end)).map((line) => line.replace(/^#\s?/, '')).slice(0, 20);
  return said.length === 0 ? {} : { detail: said.join('\n').slice(0, 2_000) };
}

/** Errors of the connection, of resources or of a limit of ours say nothing of the database. */
function isOurs({ sqlstate }: SqlErrorFields): boolean {
  return /^(08|53|57|58|XX)/.test(sqlstate) || sqlstate === '55P03';
}
