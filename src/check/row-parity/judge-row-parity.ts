import type { ParityException } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type TableCount, tableName } from '../../core/data.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { rowParity } from './about.ts';
import { applyExceptions, type Deviation } from './apply-exceptions.ts';
import { type ContentHashes, contentDeviations } from './content-findings.ts';

export interface RowParityInput {
  /** Counted in the copy's own snapshot. */
  readonly source: readonly TableCount[];
  readonly clone: readonly TableCount[];
  /** How far a table may be off, in percent of the source's rows (0: not at all). */
  readonly limitPercent: number;
  /** Compared too where it is known. */
  readonly content?: ContentHashes | undefined;
  /** `content`: the team wants more than counts; 'counts' unless told. */
  readonly wanted?: 'counts' | 'content' | { readonly sample: number };
  /** Deviations that the team has explained. */
  readonly exceptions?: readonly ParityException[];
  /** The clone's side was taken before the team's own SQL (clone.afterLoad) ran on it. */
  readonly beforeHooks?: boolean;
}

/**
 * Compares row counts table by table, and content where both sides were hashed. A clone with other rows is no fault of the migrations, so it is a doubt and not a blocker: nothing
 * that is rehearsed on it proves anything. Tables within the limit but not equal are warned of.
 */
export function judgeRowParity({ source, clone, limitPercent, content, wanted, exceptions = [], beforeHooks }: RowParityInput): CheckOutcome {
  const startedAt = performance.now();
  const cloned = new Map(clone.map((count) => [tableName(count), count.rows]));
  const deviations: Deviation[] = [];
  for (const count of source) {
    const name = tableName(count);
    const rows = cloned.get(name);
    cloned.delete(name);
    if (rows === count.rows) continue;
    const off = rows === undefined ? undefined : (Math.abs(rows - count.rows) / Math.max(count.rows, 1)) * 100;
    const finding = differing(name, count.rows, rows, off === undefined || off > limitPercent);
    deviations.push({ table: count, finding, ...(rows !== undefined && { rows: { expected: count.rows, actual: rows } }) });
  }
  for (const count of clone) if (cloned.has(tableName(count))) deviations.push({ table: count, finding: onlyInClone(tableName(count), count.rows) });
  if (content !== undefined) {
    // Rows that may be missing have content too.
    const tolerated = new Set(deviations.filter(({ finding }) => finding.severity === 'warning').map(({ table }) => tableName(table)));
    deviations.push(...contentDeviations(content, (table) => (tolerated.has(tableName(table)) ? 'warning' : 'doubt')));
  }
  const isUnknown = content === undefined && wanted !== undefined && wanted !== 'counts' && source.length > 0;
  const findings = [...applyExceptions(deviations, exceptions, source), ...(isUnknown ? [contentUnknown] : [])];
  const rows = source.reduce((sum, count) => sum + count.rows, 0);
  const sampledPercent = content?.source.find((table) => table.sampledPercent !== undefined)?.sampledPercent;
  const unneeded = findings.filter(({ id }) => id.endsWith(':exception'));
  const beyond = new Set(findings.filter((one) => one.severity === 'doubt' && !unneeded.includes(one)).map(({ object }) => object.name)).size;
  return conclude({
    gate: 'row-parity',
    phase: rowParity.phase,
    required: true,
    // Without a table there is nothing to compare.
    couldFail: source.length > 0,
    proof: source.length > 0 ? `${proofOf(source, content)}${beforeHooks ? ', before clone.afterLoad' : ''}` : 'the source has no table',
    summary: summaryOf(),
    ...(sampledPercent !== undefined && { sampledPercent }),
    findings,
    startedAt,
  });

  function summaryOf(): string {
    if (findings.includes(contentUnknown)) return `${showCount(rows, 'row')} in production; what they hold can’t be compared.`;
    if (beyond > 0) return `${showCount(beyond, 'table')} of the clone differ from production in ${content === undefined ? 'rows' : 'rows or what they hold'}.`;
    const [first] = unneeded;
    if (first !== undefined) return `${first.title}.`;
    const inSample = sampledPercent === undefined ? '' : ` of a sample of ${sampledPercent} percent of the rows`;
    const explained = new Set(findings.filter(({ severity }) => severity === 'note').map(({ object }) => object.name));
    const but = explained.size === 0 ? '' : `, but for what is explained of ${[...explained].join(', ')}`;
    if (findings.some(({ severity }) => severity === 'warning')) return `${showCount(rows, 'row')} on both sides, within ${limitPercent} percent${but}.`;
    return `${showCount(rows, 'row')} on both sides${content === undefined ? '' : ', equal in every column'}${inSample}${but}.`;
  }
}

function proofOf(source: readonly TableCount[], content: ContentHashes | undefined): string {
  const tables = showCount(source.length, 'table');
  if (content === undefined) return `${tables} counted on both sides`;
  const columns = content.source.reduce((sum, table) => sum + table.columns.length, 0);
  return `${tables} counted and ${showCount(columns, 'column')} hashed on both sides`;
}

const contentUnknown: Finding = {
  id: findingId(rowParity.check, { kind: 'source', name: 'source' }, 'content'),
  check: rowParity.check,
  phase: rowParity.phase,
  severity: 'doubt',
  rootCause: 'fidelity',
  object: { kind: 'source', name: 'source' },
  title: 'This source doesn’t say what its rows hold, only how many they are',
  cure: 'Copy from production itself, or from a dump made by `pgrehearse clone` with data.parity content; or set data.parity to counts.',
};

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
