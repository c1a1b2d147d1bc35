/** What became of values that are called otherwise than before, are others, or are gone. */
export interface FollowedValues {
  /** A table stands for all of its columns that kept their names. */
  readonly kind: 'column' | 'table';
  /** `public.users.mail`, before migrating. */
  readonly name: string;
  /** Where the values are, or what has taken their place. */
  readonly to?: string;
  readonly outcome: 'preserved' | 'changed' | 'lost';
  /** Of a column those that are not null, before migrating; of a table its rows. */
  readonly values: number;
  /** How it is known, where it isn't by the column itself: `read back as integer`. */
  readonly how?: string;
  /** Set where the team says that it may be so: why, and where that is written. */
  readonly declared?: { readonly reason: string; readonly by: string };
}

/** What the migrations did to the values that were there before them. */
export interface PreservationReport {
  /** Columns that held values, and still do: the same ones. */
  readonly columns: number;
  readonly values: number;
  /** Set where only so many percent of the rows were looked at; then all numbers are of these. */
  readonly sampledPercent?: number;
  readonly followed: readonly FollowedValues[];
}
