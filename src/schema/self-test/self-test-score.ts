import type { DifferenceClass } from '../../core/schema-difference.ts';

/** A class, a kind of object, and a property or `only-left`/`only-right`. */
export type Told = readonly [DifferenceClass, kind: string, what: string];

/** What a comparison made of pairs of databases whose only difference is known. */
export interface SelfTestScore {
  /** `PostgreSQL 15.18 at db.example:5432`. */
  readonly server: string;
  /** Pairs that differ in one property. */
  readonly differences: { readonly run: number; readonly found: number };
  /** Pairs that are the same, though made in another way. */
  readonly same: { readonly run: number; readonly equal: number };
  /** By the kind of object that differs. */
  readonly byKind: Readonly<Record<string, { readonly run: number; readonly found: number }>>;
  readonly missed: readonly { readonly probe: string; readonly expected: readonly Told[]; readonly told: readonly Told[] }[];
  /** Differences that were told and aren't there. */
  readonly wrong: readonly { readonly probe: string; readonly told: Told; readonly object: string }[];
  readonly notRun: readonly { readonly probe: string; readonly why: string }[];
}

/** Whether everything that was run was told right. */
export function isPerfect({ differences, same, wrong }: SelfTestScore): boolean {
  return differences.found === differences.run && same.equal === same.run && wrong.length === 0;
}

/** The score for a terminal, ending in a newline. */
export function renderSelfTest(score: SelfTestScore): string {
  const { differences, same, wrong, missed, notRun } = score;
  const kinds = Object.entries(score.byKind).map(([kind, { found, run }]) => `  ${kind}: ${found} of ${run}`);
  const lines = [
    `Self-test of the comparison on ${score.server}`,
    '',
    `One property differs: ${differences.found} of ${differences.run} found with the right class.`,
    `The same by another way: ${same.equal} of ${same.run} told to be the same.`,
    `Differences told that aren’t there: ${wrong.length}.`,
    '',
    'Found, by kind of object:',
    ...kinds,
    ...list(
      'Missed:',
      missed.map(({ probe, expected, told }) => `${probe}: expected ${words(expected)}; told ${words(told)}`),
    ),
    ...list(
      'Told, and not there:',
      wrong.map(({ probe, told, object }) => `${probe}: ${told.join(' ')} (${object})`),
    ),
    ...list(
      `Not run (${notRun.length}):`,
      notRun.map(({ probe, why }) => `${probe}: ${why}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ['', title, ...items.map((item) => `  ${item}`)];
}

function words(told: readonly Told[]): string {
  return told.length === 0 ? 'nothing' : told.map((one) => one.join(' ')).join(', ');
}
