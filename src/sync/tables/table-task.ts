import type { CarriedColumn, TableMode } from '../../core/sync.ts';
import type { TableFacts } from './table-facts.ts';

/** A column of staging that gets production's values. */
export interface TaskColumn {
  readonly name: string;
  /** SQL over production's row: the value as staging gets it, masked and converted. */
  readonly give: string;
  /** Production's own column of this name, as it is. */
  readonly isPlain: boolean;
  /** The type of Postgres's own as which both sides' values are compared. */
  readonly comparedAs: string;
}

/** Something that has to be found out of all of production's values before anything is changed. */
export interface Trial {
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly how: string;
  /** SQL over production's row: true where the value would be changed on its way. */
  readonly spoils?: string;
  readonly needsCast?: { readonly from: string; readonly to: string };
}

/** One table that is going to be synced. */
export interface TableTask {
  readonly schema: string;
  readonly name: string;
  readonly mode: TableMode;
  readonly from: TableFacts;
  readonly to: TableFacts;
  readonly columns: readonly TaskColumn[];
  /** Both servers have the same binary form of every column. */
  readonly isBinary: boolean;
  readonly masked: readonly string[];
  readonly converted: readonly CarriedColumn[];
  readonly trials: readonly Trial[];
  readonly notes: readonly string[];
}
