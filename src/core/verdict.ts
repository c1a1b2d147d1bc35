import type { Failure } from './failure.ts';
import type { RootCause } from './root-cause.ts';

/** The end of a run. A union, so that a PASS can't carry a root cause and a BLOCKER can't lack one. */
export type Verdict =
  | { readonly kind: 'PASS'; readonly gatesPassed: number; readonly summary: string }
  | {
      readonly kind: 'BLOCKER';
      readonly rootCause: RootCause;
      readonly otherCauses: readonly RootCause[];
      readonly findingIds: readonly string[];
      readonly summary: string;
    }
  | { readonly kind: 'INCONCLUSIVE'; readonly rootCause: RootCause; readonly reasons: readonly string[]; readonly failure?: Failure; readonly summary: string };

export type VerdictKind = Verdict['kind'];
