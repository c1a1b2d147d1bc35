import type { Advice } from './explained-comparison.ts';
import type { Failure, Place } from './failure.ts';
import type { DifferenceClass, SchemaDifference } from './schema-difference.ts';

/** How a deploy can be taken back: scripts of the migrations, the team's own tool, or a backup from before. */
export const waysBack = ['down', 'command', 'restore'] as const;
export type WayBack = (typeof waysBack)[number];

/** A schema difference that going back leaves, told with "after going back" and "before". */
export interface BackDifference extends Pick<SchemaDifference, 'object' | 'property' | 'how'> {
  readonly class: DifferenceClass;
  /** One sentence. */
  readonly title: string;
  /** What the team's policies make of its class; those that they ignore aren't here. */
  readonly policy: 'fail' | 'report';
}

/** Data that was there before and isn't after going back, or isn't the same. */
export interface DataDifference {
  /**
   * `table`: it is gone with its rows. `column`: it is gone with its values, or all of them are null now. `rows`: there are more or fewer. `values`: a
   * column holds others. `pairing`: every column holds the same values, and they stand in other rows. `sequence`: it begins again with numbers that are taken.
   */
  readonly kind: 'table' | 'column' | 'rows' | 'values' | 'pairing' | 'sequence';
  /** Qualified and quoted where needed. */
  readonly object: { readonly kind: 'table' | 'column' | 'sequence'; readonly name: string };
  /** Rows of a table, values of a column that aren't null, or what a sequence gives next: before, and after going back. */
  readonly before: number;
  readonly after: number;
  /** Why the team lets them go, where it has said so. */
  readonly declared?: string;
}

/** What was compared after going back: none of it is a guess. */
export interface BackCompared {
  readonly objects: number;
  readonly tables: number;
  /** Values of all columns together, each hashed before and after. */
  readonly values: number;
}

/** One migration taken back, or all of them together. */
export interface WayBackStep {
  /** Absent: all that were pending. */
  readonly migration?: string;
  /** Where its way down stands. */
  readonly place?: Place;
  /**
   * `done`: it ran to its end; what is then compared says whether it leads back. `failed`: it ended with an error. `missing`: there is none. `empty`: it
   * holds no statement, though there is something to take back. `not-tried`: it couldn't come to it.
   */
  readonly outcome: 'done' | 'failed' | 'missing' | 'empty' | 'not-tried';
  /** Whether the migration had changed anything: where it hadn't, going back proves nothing. */
  readonly changed: boolean;
  /** Of the migration itself, of going back, and of a backup that was made for it: in milliseconds. */
  readonly forwardMs?: number;
  readonly backMs?: number;
  readonly backupMs?: number;
  readonly failure?: Failure;
  /** Absent where nothing was compared. */
  readonly compared?: BackCompared;
  readonly differences: readonly BackDifference[];
  /** SQL that would make up for the differences; shown, never run. */
  readonly advice?: Advice;
  readonly data: readonly DataDifference[];
  /** What is wrong with the list of applied migrations afterwards. */
  readonly ledger?: string;
  /** Tables and columns that go away by going back: what was written into them since the deploy goes with them. */
  readonly drops: readonly string[];
  /** Rows that the migrations themselves wrote, which a backup from before doesn't have. */
  readonly rowsSince?: number;
  /** A row was written into each of these tables after the deploy, and everything taken back once more. Absent where that wasn't tried. */
  readonly since?: {
    readonly tables: readonly string[];
    /** Those whose row is gone with the way back. */
    readonly gone: readonly string[];
    /** Those of them that were there before the deploy, and whose rows the team doesn't let go: their loss isn't in the nature of going back. */
    readonly lost?: readonly string[];
    /** Set where going back then failed, although it works while nobody has written. */
    readonly failure?: Failure;
  };
  /** Whether it could be deployed once more afterwards; absent where that wasn't tried. */
  readonly again?: { readonly ok: true } | { readonly ok: false; readonly failure: Failure };
  /** Why it couldn't come to it: a clause. */
  readonly why?: string;
}

/** One way back, rehearsed. */
export interface WayBackReport {
  readonly way: WayBack;
  readonly required: boolean;
  /** In the order in which they were deployed; all together last. */
  readonly steps: readonly WayBackStep[];
}

/** Whether a step leads back to what was before, as far as was asked. */
export function leadsBack({ outcome, differences, data, ledger }: WayBackStep): boolean {
  const same = differences.every(({ policy }) => policy !== 'fail') && data.every(({ declared }) => declared !== undefined);
  return outcome === 'done' && same && ledger === undefined;
}

/**
 * What going back has done to data, as a clause.
 *
 * @example tellDataDifference({ kind: 'column', object: { kind: 'column', name: 'public.item.colour' }, before: 300, after: 0 }) // 'public.item.colour loses its 300 values'
 */
export function tellDataDifference({ kind, object, before, after }: DataDifference): string {
  const { name } = object;
  switch (kind) {
    case 'table':
      return `${name} is gone with ${counted(before, 'row')}`;
    case 'column':
      return `${name} loses ${before === 1 ? 'its only value' : `its ${counted(before, 'value')}`}`;
    case 'rows':
      return after < before
        ? `${name} loses ${after === 0 ? `its ${counted(before, 'row')}` : `${counted(before - after, 'row')} of ${counted(before, 'row')}`}`
        : `${name} has ${counted(after - before, 'row')} more than before`;
    case 'values':
      return after < before
        ? `${name} loses ${counted(before - after, 'value')} of ${counted(before, 'value')}`
        : `${name} holds other values than before, ${counted(before, 'value')} in all`;
    case 'pairing':
      return `${name} holds its values in other rows than before`;
    case 'sequence':
      return `${name} gives ${after} next, where it gave ${before} before: numbers that are taken`;
    default:
      return kind satisfies never;
  }
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a way back that leads back doesn't bring back all the same, as the end of a sentence: `, but for what may go: public.a loses its 3 rows`. */
export function tellExceptions(steps: readonly WayBackStep[]): string {
  // All together says it best; what single steps lose besides comes back there.
  const whole = steps.find(({ migration }) => migration === undefined);
  const told = whole === undefined ? steps : [whole];
  const lost = told.flatMap(({ data }) => data);
  const reported = told.reduce((sum, { differences }) => sum + differences.length, 0);
  const [first] = lost;
  return [
    ...(first === undefined ? [] : [`, but for what may go: ${tellDataDifference(first)}${lost.length > 1 ? `, and ${lost.length - 1} more` : ''}`]),
    ...(reported === 0 ? [] : [`, but for ${counted(reported, 'difference')} that ${reported === 1 ? 'is' : 'are'} only reported`]),
  ].join('');
}

/** What was taken back, as the object of a sentence: `0002_tidy`, or `all migrations`. */
export function tellTakenBack({ migration }: Pick<WayBackStep, 'migration'>): string {
  return migration ?? 'all migrations';
}

/** How a way back is called in a sentence. */
export const wayWords: Readonly<Record<WayBack, string>> = {
  down: 'ways down',
  command: 'the tool’s own downgrade',
  restore: 'restoring a backup',
};
