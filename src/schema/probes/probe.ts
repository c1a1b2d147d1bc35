import type { DifferenceClass } from '../../core/schema-difference.ts';

/** What a comparison must say: class, kind of object, and the beginning of the property's name, or `only-left`/`only-right`. */
export type Expectation = readonly [DifferenceClass, kind: string, what: string];

/**
 * Two databases that differ in one property. Each probe lives in a schema of its own, named like `s017`; `$s` stands for it, `$role` and `$other` for roles.
 * What has no schema (publications, casts, extensions …) has `$s` in its name, or is unmistakable otherwise.
 */
export interface Probe {
  readonly name: string;
  readonly expect: Expectation;
  /** Differences that can't be had apart. */
  readonly also?: readonly Expectation[];
  /** Run on both sides first. */
  readonly both?: string;
  readonly left?: string;
  readonly right?: string;
  /** The first major that has it; 15 unless told. */
  readonly since?: 16 | 17 | 18;
  /**
   * `database`: of the database itself, or of an object that one database has once, so that only its property tells the probes apart.
   * Such probes have a pair of databases together.
   */
  readonly place?: 'database';
  /** pg_dump's text doesn't show it: only the catalogs do. */
  readonly onlyCatalog?: true;
  /** An extension that the server must have available. */
  readonly extension?: string;
}

/** Two ways to the same schema: nothing may differ but expressions that a dump and restore would write the same. */
export interface SamePair {
  readonly name: string;
  readonly both?: string;
  readonly left: string;
  readonly right: string;
  readonly since?: 16 | 17 | 18;
  /** An extension that the server must have available. */
  readonly extension?: string;
  /** The last major for which it holds. */
  readonly until?: 17;
  /** The texts differ at first, and agree after a dump and restore. */
  readonly deparse?: true;
}
