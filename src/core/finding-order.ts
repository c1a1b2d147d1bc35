import type { Finding, Severity } from './finding.ts';
import { phases } from './phase.ts';
import type { RootCause } from './root-cause.ts';

/**
 * Root causes in the order of importance. First what puts everything after it in doubt (no connection, an untrue copy, a wrong
 * history, a migration that stopped half way), in the order in which a run meets it: with those, later findings may be mere
 * consequences. Then what is wrong with the result, the least reversible first.
 */
export const causesByImportance = [
  'connection',
  'authentication',
  'tls',
  'kms',
  'quota',
  'environment',
  'privileges',
  'fidelity',
  'multiple-heads',
  'history-edited',
  'dependency-order',
  'sql-error',
  'data-loss',
  'structural-parity',
  'invariant',
  'data-volume',
  'schema-drift',
  'compatibility',
  'lock',
  'rollback',
] as const satisfies readonly RootCause[];

const severities: readonly Severity[] = ['blocker', 'doubt', 'warning', 'note'];
/** Checks that tell what came of a lock, while others tell what the migration did. */
const consequences: ReadonlySet<string> = new Set(['application-errors', 'duration', 'long-transaction', 'stall']);
const lastDoubtMaker = causesByImportance.indexOf('sql-error');

/** Negative when `a` is the more important cause. */
export function compareCauses(a: RootCause, b: RootCause): number {
  return causesByImportance.indexOf(a) - causesByImportance.indexOf(b);
}

/**
 * Negative when `a` is graver: by severity, then security differences before all others (unless a cause that puts them in
 * doubt comes first), then by root cause and phase, what was done before what came of it, and by id. The first of the sorted findings gives a BLOCKER its root cause.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    importance(a) - importance(b) ||
    phases.indexOf(a.phase) - phases.indexOf(b.phase) ||
    Number(consequences.has(a.check)) - Number(consequences.has(b.check)) ||
    compareTexts(a.id, b.id)
  );
}

function importance(finding: Finding): number {
  const rank = causesByImportance.indexOf(finding.rootCause);
  if (rank <= lastDoubtMaker) return rank;
  return finding.differenceClass === 'security' ? lastDoubtMaker + 0.5 : rank;
}

/** Code unit order: the same on every machine, unlike localeCompare. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
