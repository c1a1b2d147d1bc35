import type { ExplainedComparison, ExplainedDifference } from '../../core/explained-comparison.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { type DifferenceClass, differenceClasses } from '../../core/schema-difference.ts';

/** What the differences of a class are about, in a few words. */
export const classWords: Readonly<Record<DifferenceClass, string>> = {
  security: 'who may do what',
  semantic: 'what data and queries mean',
  order: 'the order of columns',
  names: 'the same thing under another name',
  physical: 'how rows are stored',
  comment: 'comments',
  unstable: 'never the same twice',
  environment: 'versions and settings',
  unexplained: 'what could not be explained',
  'deparse-only': 'the same after a dump and restore',
};

export interface ClassGroup {
  readonly class: DifferenceClass;
  readonly count: number;
  readonly objects: readonly { readonly object: ObjectName; readonly differences: readonly ExplainedDifference[] }[];
}

/** Differences by class, security first, and in it by object: nobody has to look for an object in two places of a class. */
export function groupDifferences({ differences }: ExplainedComparison): readonly ClassGroup[] {
  return differenceClasses.flatMap((name): ClassGroup[] => {
    const some = differences.filter((difference) => difference.class === name);
    if (some.length === 0) return [];
    const byObject = Map.groupBy(some, ({ object }) => `${object.kind}\n${object.name}`);
    return [
      { class: name, count: some.length, objects: [...byObject.values()].map((own) => ({ object: (own[0] as ExplainedDifference).object, differences: own })) },
    ];
  });
}
