import type { Failure } from '../core/failure.ts';
import { failureCatalogue } from '../core/failure-catalogue.ts';
import type { FailureEnding } from '../core/failures/entry.ts';
import type { Resource } from '../core/resource.ts';
import { unreachable } from '../core/result.ts';
import type { RootCause } from '../core/root-cause.ts';
import type { Verdict } from '../core/verdict.ts';

/** Where several codes apply, the first of these wins. */
const precedence = [5, 4, 2, 1, 3, 0] as const;
export type ExitCode = (typeof precedence)[number];

/** Causes that lie outside of the migrations: a CI job may try again. */
const outsideCauses: ReadonlySet<RootCause> = new Set<RootCause>(['connection', 'authentication', 'tls', 'environment']);

/**
 * The exit code of a run: 0 PASS, 1 BLOCKER, 2 usage or configuration, 3 INCONCLUSIVE, 4 INCONCLUSIVE because of connection,
 * authentication, tls or environment, 5 something of ours that should be gone is not.
 */
export function exitCode(the: {
  readonly verdict?: Verdict;
  readonly failures: readonly Failure[];
  /** What could not be removed. Things that are kept on purpose never count. */
  readonly leftovers: readonly Resource[];
}): ExitCode {
  const codes = new Set<ExitCode>([
    ...(the.verdict === undefined ? [] : [ofVerdict(the.verdict)]),
    ...the.failures.map((failure) => exitCodeOf(failureCatalogue[failure.code].ending, failure.rootCause)),
    ...(the.leftovers.some((resource) => !resource.kept) ? ([5] as const) : []),
  ]);
  // Neither a verdict nor a failure: nothing is known, and that is never a success.
  return precedence.find((code) => codes.has(code)) ?? 3;
}

function ofVerdict(verdict: Verdict): ExitCode {
  switch (verdict.kind) {
    case 'PASS':
      return 0;
    case 'BLOCKER':
      return 1;
    case 'INCONCLUSIVE':
      // A failure says better than its cause how the run ended: a faulty configuration is `usage`, although its cause is the environment.
      if (verdict.failure !== undefined) return exitCodeOf(failureCatalogue[verdict.failure.code].ending, verdict.failure.rootCause);
      return outsideCauses.has(verdict.rootCause) ? 4 : 3;
    default:
      return unreachable(verdict);
  }
}

/** That of a failure by itself. @example exitCodeOf('inconclusive', 'connection') // 4 */
export function exitCodeOf(ending: FailureEnding, cause: RootCause): ExitCode {
  switch (ending) {
    case 'usage':
      return 2;
    case 'blocker':
      return 1;
    case 'leftover':
      return 5;
    case 'inconclusive':
      return outsideCauses.has(cause) ? 4 : 3;
    default:
      return unreachable(ending);
  }
}
