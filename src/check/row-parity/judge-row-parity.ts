import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type TableCount, tableName } from '../../core/data.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { rowParity } from './about.ts';

export interface RowParityInput {
  /** Counted in the copy's own snapshot. */
  readonly source: readonly TableCount[];
  readonly clone: readonly TableCount[];
  /** How far a table may be off, in percent of the source's rows (0: not at all). */
  readonly limitPercent: number;
}

/**
 * Compares row counts table by table. A clone with other rows is no fault of the migrations, so it is a doubt and not a blocker: nothing
 * that is rehearsed on it proves anything. Tables within the limit but not equal are warned of.
 */
export function judgeRowParity({ source, clone, limitPercent }: RowParityInput): CheckOutcome {
  const startedAt = performance.now();
  const cloned = new Map(clone.map((count) => [tableName(count), count.rows]));
  const findings: Finding[] = [];
  for (const count of source) {
    const name = tableName(count);
    const rows = cloned.get(name);
    cloned.delete(name);
    if (rows === count.rows) continue;
    const off = rows === undefined ? undefined : (Math.abs(rows - count.rows) / Math.max(count.rows, 1)) * 100;
    findings.push(differing(name, count.rows, rows, off === undefined || off > limitPercent));
  }
  for (const [name, rows] of cloned) findings.push(onlyInClone(name, rows));
  const rows = source.reduce((sum, count) => sum + count.rows, 0);
  const beyond = findings.filter(({ severity }) => severity === 'doubt').length;
  return conclude({
    gate: 'row-parity',
    phase: rowParity.phase,
    required: true,
    // Without a table there is nothing to compare.
    couldFail: source.length > 0,
    proof: source.length > 0 ? `${showCount(source.length, 'table')} counted on both sides` : 'the source has no table',
    summary:
      beyond === 0
        ? `${showCount(rows, 'row')} on both sides${findings.length === 0 ? '' : `, within ${limitPercent} percent`}.`
        : `${showCount(beyond, 'table')} of the clone differ from production in rows.`,
    findings,
    startedAt,
  });
}

function differing(name: string, expected: number, actual: number | undefined, beyond: boolean): Finding {
  const object = { kind: 'table', name };
  return {
    id: findingId(rowParity.check, object),
    check: rowParity.check,
    phase: rowParity.phase,
    severity: beyond ? 'doubt' : 'warning',
    rootCause: 'fidelity',
    object,
    title:
      actual === undefined
        ? `${name} is missing in the clone`
        : `${name} has ${showCount(actual, 'row')} in the clone and ${expected.toLocaleString('en-US')} in production`,
    expected: showCount(expected, 'row'),
    actual: actual === undefined ? 'no table' : showCount(actual, 'row'),
    cure: rowParity.cure,
    showSql: `select count(*) from ${name};`,
  };
}

function onlyInClone(name: string, rows: number): Finding {
  const object = { kind: 'table', name };
  return {
    id: findingId(rowParity.check, object),
    check: rowParity.check,
    phase: rowParity.phase,
    severity: 'doubt',
    rootCause: 'fidelity',
    object,
    title: `${name} is in the clone, with ${showCount(rows, 'row')}, and was not counted in production`,
    cure: rowParity.cure,
  };
}
