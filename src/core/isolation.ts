/** A session on the clone that this run didn't open. */
export interface ForeignSession {
  readonly pid: number;
  readonly user: string;
  readonly applicationName: string;
  /** Where it came from; absent for a socket of the machine itself. */
  readonly client?: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Whether anybody but this run worked on the clone, from when it was complete until its data had been judged. */
export interface IsolationReport {
  /** ISO 8601: when the clone was complete, which is from when on it was watched. */
  readonly fromTime: string;
  readonly untilTime: string;
  readonly database: string;
  /** Sessions that this run opened meanwhile. */
  readonly ours: number;
  /** Sessions that the server counted meanwhile; absent where it doesn't count them exactly (before PostgreSQL 15). */
  readonly counted?: number;
  /** How often the list of sessions was looked at. */
  readonly looks: number;
  /** Programs of the team that were given the clone's own address, so that their sessions can't be told from others' while they ran. */
  readonly programs: readonly string[];
  readonly foreign: readonly ForeignSession[];
  /** Those that were there already when the clone began to be watched, or when a program had ended that could connect by itself. */
  readonly earlier: readonly ForeignSession[];
  /** How many sessions more than ours there were; 0 where none. */
  readonly excess: number;
  /** True: a session that was opened as a stranger would open it was seen and counted as one. */
  readonly proven: boolean;
  /** Why something could have gone unseen, a clause each. */
  readonly gaps: readonly string[];
}
