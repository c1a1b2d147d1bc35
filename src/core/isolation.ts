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

/** Whether anybody but this run worked on the clone, from when it was complete until the run ended. */
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
  /** How many of these were a program's of the team's, which was led through a way of ours to the clone: its processes are known. */
  readonly ofPrograms?: number;
  /** In place: those of the cloud’s own superuser, whom nobody else can be. */
  readonly ofCloud?: readonly ForeignSession[];
  readonly foreign: readonly ForeignSession[];
  /** Those that were there already when the clone began to be watched. */
  readonly earlier: readonly ForeignSession[];
  /** How many sessions more than ours there were; 0 where none. */
  readonly excess: number;
  /** True: a session that was opened as a stranger would open it was seen and counted as one. */
  readonly proven: boolean;
  /** Why something could have gone unseen, a clause each. */
  readonly gaps: readonly string[];
}
