import type { TableCount, TableHash } from './data.ts';
import type { MaskingFacts } from './masking.ts';
import type { LocaleSettings } from './server.ts';

export interface RoleFacts {
  readonly name: string;
  readonly superuser: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDb: boolean;
  readonly canLogin: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  readonly connectionLimit: number;
  /** ISO 8601; absent when the password never expires. */
  readonly validUntil?: string;
  /** `ALTER ROLE … SET`, as `name=value`; key '' = in all databases, else the database's name. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
  readonly comment?: string;
}

export interface RoleMembership {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  /** PostgreSQL 16 and later; null before. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
}

export interface ExtensionFacts {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
}

/** A right on the database itself. Grantee '' = PUBLIC. */
export interface DatabaseGrant {
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** What is known of the source at the instant of its snapshot. Recorded whole in the evidence. */
export interface SourceFacts {
  readonly kind: 'url' | 'dump' | 'attached' | 'rds' | 'aurora' | 'azure';
  /** Shown to people; no secret. */
  readonly label: string;
  readonly database: string;
  readonly major: number;
  /** As `show server_version` says; for a dump as its header says. */
  readonly serverVersion: string;
  readonly locale: LocaleSettings;
  /** ISO 8601. */
  readonly dataAsOf: string;
  readonly sizeBytes: number;
  readonly isStandby: boolean;
  readonly extensions: readonly ExtensionFacts[];
  readonly languages: readonly string[];
  /** `lz4` where a column or default_toast_compression asks for it. */
  readonly features: readonly string[];
  readonly roles: readonly RoleFacts[];
  readonly memberships: readonly RoleMembership[];
  /** `ALTER DATABASE … SET`, as `name=value`. */
  readonly databaseSettings: readonly string[];
  /** Settings of the whole server that change what SQL does and aren't Postgres' own defaults, as `name=value`; absent where the source couldn't tell. */
  readonly serverSettings?: readonly string[];
  /** By which version of its libraries the source sorts, for each collation in use; `default` is the database's own. */
  readonly collationVersions?: Readonly<Record<string, string>>;
  readonly databaseOwner: string;
  readonly databaseComment?: string;
  /** Rights on the database itself (CONNECT, CREATE, TEMPORARY); absent where the source could not tell. Grantee '' = PUBLIC. */
  readonly databaseGrants?: readonly DatabaseGrant[];
  /** What the source could not tell, named: 'roles: a dump holds none'. */
  readonly unknown: readonly string[];
}

/** Where the planner's statistics of a copy come from. Tables are `schema.table`, quoted where needed; Postgres's own catalogs are left out. */
export interface StatisticsFacts {
  /** Tables and materialized views that have the source's own. */
  readonly carried: readonly string[];
  /** Those that were analysed on the copy, by the reason. */
  readonly analysed: readonly { readonly why: string; readonly tables: readonly string[] }[];
}

/** What a copy brought over, and what it could not. */
export interface CopyReport {
  readonly sourceCounts: readonly TableCount[];
  /** What the source's tables hold at its snapshot, masked columns as the copy gets them; absent unless asked for. Kept as an artifact, not in events. */
  readonly sourceHashes?: readonly TableHash[];
  /** What the copy held before the team's own SQL (clone.afterLoad) changed it; absent where there is none. Kept out of events. */
  readonly loaded?: { readonly counts: readonly TableCount[]; readonly hashes?: readonly TableHash[] };
  readonly rows: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** How long a snapshot was held open on the source; 0 for a dump. */
  readonly snapshotHeldMs: number;
  /** Which pg_dump gave the DDL: `pg_dump 15.18 (native)`. */
  readonly ddlBy: string;
  /** What was masked on the way; absent: nothing. */
  readonly masking?: MaskingFacts;
  /** Where the planner's statistics come from; absent: all were gathered on the copy. */
  readonly statistics?: StatisticsFacts;
  /** Errors of the restore that lose something: each becomes a finding of the fidelity phase. */
  readonly losses: readonly FidelityLoss[];
  /** Errors that mean nothing, kept for the record. */
  readonly harmless: readonly string[];
  /** Set where nothing was copied: the report is that of the copy from which this image was made earlier. `madeAt` is ISO 8601. */
  readonly fromImage?: { readonly id: string; readonly madeAt: string };
}

export interface FidelityLoss {
  readonly object: { readonly kind: string; readonly name: string };
  readonly message: string;
  readonly cure: string;
  readonly sqlstate?: string;
  readonly statement?: string;
}
