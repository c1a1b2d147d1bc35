import { type Finding, findingId } from '../../core/finding.ts';
import type { RootCause } from '../../core/root-cause.ts';
import { lineageCheck } from './about.ts';

type Told = Pick<Finding, 'title' | 'severity'> & Partial<Pick<Finding, 'detail' | 'expected' | 'actual' | 'cure' | 'place' | 'migration' | 'phase'>>;

/** What is wrong with one revision. */
export function ofRevision(revision: string, property: string, rootCause: RootCause, told: Told): Finding {
  const object = { kind: 'revision', name: revision };
  return { ...base, id: findingId(lineageCheck.check, object, property), rootCause, object, migration: revision, ...told };
}

/** What is wrong with the history as a whole. */
export function ofHistory(property: string, rootCause: RootCause, told: Told): Finding {
  const object = { kind: 'history', name: property };
  return { ...base, id: findingId(lineageCheck.check, object), rootCause, object, ...told };
}

const base = { check: lineageCheck.check, phase: lineageCheck.phase, cure: lineageCheck.cure } as const;

/** @example showRevisions(['a', 'b']) // 'a, b' */
export function showRevisions(revisions: readonly string[]): string {
  return revisions.length === 0 ? 'none' : revisions.join(', ');
}
