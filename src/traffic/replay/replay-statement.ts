/** One statement of the application, and how often it runs. */
export interface ReplayStatement {
  readonly statement: string;
  /** Sets of values for its parameters, taken in turn. Absent: it has none, or they aren't known. */
  readonly parameters?: readonly (readonly unknown[])[];
  readonly perSecond: number;
}
