import type { SqlErrorFields } from './failure.ts';

/** A query that the application sends. Texts that differ only in values, spacing and comments are one query. */
export interface ApplicationQuery {
  /** 12 hexadecimal digits made of its text without values: the same in every run, whatever the query came from. */
  readonly id: string;
  readonly text: string;
  /** Where it was found: `pg_stat_statements`, `queries/orders.sql:12`. */
  readonly from: readonly string[];
  /** In production; absent where nobody counted. */
  readonly callsPerHour?: number;
  /** Who runs it in production, the one with the most calls first; empty where that isn't known. */
  readonly roles: readonly string[];
  /** Only the role that we read production with runs it, so that it may be ours. */
  readonly own?: true;
  /** It ran a single time since calls are counted, as a superuser or the migrating role: a backfill or a look, not the application. */
  readonly once?: true;
}

/** A statement as pg_stat_statements of the source has it. */
export interface SourceStatement {
  readonly text: string;
  /** Since its statistics began; absent where the extension doesn't tell since when it counts. */
  readonly perSecond?: number;
  /** How often it ran. */
  readonly calls: number;
  readonly roles: readonly string[];
  /** True: only superusers ran it. */
  readonly superuser: boolean;
  /** True: only the role that we read with ran it. */
  readonly own: boolean;
}

/** What the source's pg_stat_statements told. */
export type SourceStatements =
  /** There is nothing to be read. `why` is a clause: `the source has no pg_stat_statements`. */
  | { readonly kind: 'absent'; readonly why: string }
  /** It may be there, and we can't read it. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | {
      readonly kind: 'read';
      /** Queries, the most frequent first. */
      readonly statements: readonly SourceStatement[];
      /** Entries of other users, which only members of pg_read_all_stats may see. */
      readonly hidden: number;
      /** Statements that can't be prepared, such as `SET` or `VACUUM`, counted by their first word. */
      readonly others: Readonly<Record<string, number>>;
      /** How often entries had to make room for others since the statistics began; 0 where that isn't told. */
      readonly evictions: number;
      /** A standby counts what runs there: no write is among it. */
      readonly standby: boolean;
    };

/** A column of a query's result. */
export interface QueryColumn {
  readonly name: string;
  /** With its modifier: `numeric(10,2)`. */
  readonly type: string;
  /** pg_type.oid: a type that was dropped and made again has the same name and another oid. */
  readonly typeOid: number;
}

/** How a table is read in a plan. */
export interface PlanScan {
  /** As EXPLAIN calls it: `Seq Scan`, `Index Only Scan`. */
  readonly node: string;
  readonly schema: string;
  readonly table: string;
  /** Names of the indexes by which it is read. */
  readonly indexes: readonly string[];
}

/** A table as a plan names it. */
export interface QueryTable {
  readonly schema: string;
  readonly table: string;
  /** pg_class.oid; absent of the system's own. */
  readonly oid?: string;
}

/** What an INSERT gives to a column, without casts: `$2`. */
export interface WrittenValue {
  /** `public.item` */
  readonly table: string;
  /** The column's, which stays when it is renamed. */
  readonly number: number;
  readonly name: string;
  readonly value: string;
}

/** A table that a query writes. */
export interface QueryWrite {
  readonly oid: string;
  /** As EXPLAIN calls it: `Insert`. */
  readonly operation: string;
  /** Rules of the table, by name, that have the operation do something else instead. */
  readonly rules: readonly string[];
  /** Triggers of the table that fire for it: their names, and a hash of the function behind each. */
  readonly triggers: readonly { readonly name: string; readonly body: string }[];
  /** `public.item` */
  readonly table: string;
}

export interface QueryPlan {
  /** In the planner's unit: about one page read in sequence. */
  readonly totalCost: number;
  readonly scans: readonly PlanScan[];
  /** All that it reads or writes. */
  readonly tables: readonly QueryTable[];
  /** What an INSERT gives to each column. */
  readonly written?: readonly WrittenValue[];
  /** What columns get that an INSERT gives nothing to: their defaults, or null. */
  readonly leftOut?: readonly WrittenValue[];
  readonly writes?: readonly QueryWrite[];
  /** As a person reads it, one node a line. */
  readonly lines: readonly string[];
}

/** What the planner goes by, of one table. */
export interface PlannedTable {
  /** pg_class.oid, which stays when it is renamed. */
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** The planner's estimate; negative where it never looked. */
  readonly rows: number;
  readonly bytes: number;
  /** pg_class.relfilenode: another one means that the table was written anew. */
  readonly file: string;
  /** Made of its columns, constraints and policies. */
  readonly shape: string;
  /** Usable indexes by name. */
  readonly indexes: readonly string[];
  /** By number, which stays when they are renamed. */
  readonly columns: readonly { readonly number: number; readonly name: string; readonly analysed: boolean }[];
}

/** What a server made of a query, without running it. `text` is what was sent: parameters may have got a type that the original left open. */
export type QueryTrial =
  | {
      readonly kind: 'planned';
      readonly text: string;
      readonly columns?: readonly QueryColumn[];
      readonly plan: QueryPlan;
      /** A clause: what it reaches here is something else than where it was tried first, although nothing fails. */
      readonly misdirected?: string;
    }
  /** It means something, and yet can't be planned, for the reason told: neither its plan nor the rights to run it are known. */
  | { readonly kind: 'parsed'; readonly text: string; readonly columns?: readonly QueryColumn[]; readonly why: SqlErrorFields }
  | { readonly kind: 'failed'; readonly text: string; readonly sql: SqlErrorFields };

/** Which application runs on which schema. */
export type QueryDirection = 'old-on-new' | 'new-on-old';

export type QueryState = 'broken' | 'regressed' | 'changed' | 'unusable' | 'ignored' | 'fine';

/** What became of the application's queries, for the report. */
export interface QueriesReport {
  readonly direction: QueryDirection;
  readonly from: readonly string[];
  readonly counts: Readonly<Record<QueryState, number>>;
  /** What isn't among them, a clause each. */
  readonly leftOut: readonly string[];
  /** Those that aren't fine, the worst first and of these the most frequent; not all where they are many. */
  readonly queries: readonly QueryLine[];
}

export interface QueryLine {
  readonly id: string;
  readonly state: QueryState;
  /** Shortened. */
  readonly text: string;
  /** A clause: what became of it. */
  readonly why: string;
  readonly role?: string;
  readonly callsPerHour?: number;
  readonly migration?: string;
  readonly from: readonly string[];
}
