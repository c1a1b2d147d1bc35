/** An object that the configuration requires, looked up on the clone. */
export interface RequiredObjectState {
  readonly kind: string;
  /** As configured; of what belongs to a table, `name on schema.table`. */
  readonly name: string;
  readonly madeByThisDeploy: boolean;
  /** Whether it was there before migrating. */
  readonly before: boolean;
  /** Whether it is there now. */
  readonly after: boolean;
  /** What isn't as it must be, a clause each: `index not valid`, `column amount is integer and not bigint`. */
  readonly problems: readonly string[];
}

export interface RequiredObjectsReport {
  readonly objects: readonly RequiredObjectState[];
}
