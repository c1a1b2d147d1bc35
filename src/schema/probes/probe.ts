import type { DifferenceClass } from '../../core/schema-difference.ts';

/** Two databases that differ in one property. Each probe lives in a schema of its own, named like `s017`; `$s` stands for it, `$role` for a role of the test. */
export interface Probe {
  readonly name: string;
  /** What the comparison must say: class, kind of object, and property or `only-left`/`only-right`. */
  readonly expect: readonly [DifferenceClass, kind: string, what: string];
  /** A second difference that can't be had apart. */
  readonly also?: readonly [DifferenceClass, kind: string, what: string];
  /** Run on both sides first. */
  readonly both?: string;
  readonly left?: string;
  readonly right?: string;
  /** The first major that has it; 15 unless told. */
  readonly since?: 18;
}

/** Two ways to the same schema: nothing may differ but expressions that a dump and restore would write the same. */
export interface SamePair {
  readonly name: string;
  readonly both?: string;
  readonly left: string;
  readonly right: string;
  readonly since?: 18;
  /** The texts differ at first, and agree after a dump and restore. */
  readonly deparse?: true;
}
