import type { Settings } from '../config/schema.ts';
import type { PreflightCheckName, PreflightFinding } from '../core/preflight.ts';
import { go, noGo, rehearseAgain } from './finding.ts';

/** One thing of production that isn't what it was. */
export interface Change {
  /** `role`, `extension`, `setting`, or the kind of a schema's object. */
  readonly kind: string;
  /** As the sentence calls it. */
  readonly object: string;
  /** One sentence. */
  readonly sentence: string;
}

export type Exclusions = Settings['preflight']['exclude'];

/** Go where nothing has changed that counts; no-go otherwise, with each change by name. What the team lets change is told too. Pure. */
export function judgeChanges(
  check: PreflightCheckName,
  changes: readonly Change[],
  exclude: Exclusions,
  same: string,
  notes: readonly string[] = [],
): PreflightFinding {
  const told = changes.map((change) => ({ change, why: exclude.find((one) => covers(one, change))?.reason }));
  const counted = told.filter(({ why }) => why === undefined).map(({ change }) => change.sentence);
  const passed = told.flatMap(({ change, why }) => (why === undefined ? [] : [`Not counted: ${change.sentence} ${why}`]));
  const [first] = counted;
  if (first === undefined) return go(check, same, { reasons: [...passed, ...notes] });
  const summary = counted.length === 1 ? first : `${first} And ${counted.length - 1} more ${counted.length === 2 ? 'change' : 'changes'}.`;
  return noGo(check, summary, { reasons: [...counted, ...passed, ...notes], cure: rehearseAgain });
}

function covers({ object, kind }: Exclusions[number], change: Change): boolean {
  if (kind !== undefined && kind !== change.kind) return false;
  const pattern = new RegExp(`^${object.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
  return pattern.test(change.object) || pattern.test(`${change.kind} ${change.object}`);
}

/** What of two lists only one has, and what both have with another value; by name. */
export function changesOf<T>(
  then: readonly T[],
  now: readonly T[],
  nameOf: (one: T) => string,
  tell: (was: T | undefined, is: T | undefined) => Change | undefined,
): readonly Change[] {
  const [before, after] = [new Map(then.map((one) => [nameOf(one), one])), new Map(now.map((one) => [nameOf(one), one]))];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => tell(before.get(name), after.get(name)) ?? []);
}
