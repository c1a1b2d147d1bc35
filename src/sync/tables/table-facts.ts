/** What a column's type says of it. */
export interface TypeFacts {
  /** Without modifier. */
  readonly bareType: string;
  /** The type's name alone, without schema. */
  readonly typeName: string;
  /** Postgres's own type, which means the same on every server. */
  readonly builtIn: boolean;
  /** pg_type.typtype: b base, c composite, d domain, e enum, r range, m multirange, p pseudo. */
  readonly typeKind: string;
  readonly isArray: boolean;
  /** Labels in their order; empty where it is no enum. */
  readonly labels: readonly string[];
  /** Fields of a composite type, or of an array's elements, with their types in their order; null where it has none. */
  readonly fields: string | null;
  /** Its binary form says the same on every server of the same major version. */
  readonly fitsBinary: boolean;
}

/** A column as one side's catalog has it. */
export interface ColumnFacts extends TypeFacts {
  readonly name: string;
  /** With its modifier, with its schema where it isn't Postgres's own: `numeric(10,2)`, `public.state`. */
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
  /** pg_attribute.attidentity: a always, d by default; empty where it is none. */
  readonly identity: string;
}

export interface TriggerFacts {
  readonly name: string;
  /** The table, or the partition of it, that has the trigger. */
  readonly onSchema: string;
  readonly onTable: string;
  /** This role may switch it off. */
  readonly owned: boolean;
  /** pg_trigger.tgenabled: O in sessions as usual, R in replica sessions, A always, D never. */
  readonly enabled: string;
}

/** A sequence that gives a column its values. */
export interface ColumnSequence {
  readonly column: string;
  readonly schema: string;
  readonly name: string;
  readonly ascending: boolean;
  /** Rights that this role lacks, of those that reading (production) or moving (staging) it takes. */
  readonly cannot: readonly string[];
}

/** A table that stands for itself: no partition of another one. */
export interface TableFacts {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Its rows lie in partitions. */
  readonly partitioned: boolean;
  readonly columns: readonly ColumnFacts[];
  readonly primaryKey: readonly string[];
  /** ON CONFLICT can't go by a key that is. */
  readonly primaryKeyDeferrable: boolean;
  /** pg_class.reltuples, partitions' together; -1 where nothing has ever been counted. */
  readonly estimatedRows: number;
  /** pg_stat: what this server has seen coming and going. A standby sees nothing. */
  readonly liveRows: number;
  readonly deadRows: number;
  /** Pages of rows, partitions' together. Only production is asked. */
  readonly pages: number;
  /** With TOAST, without indexes. Only production is asked. */
  readonly bytes: number;
  /** This role may alter it. */
  readonly owned: boolean;
  /** Policies would hide rows from this role. */
  readonly rlsActive: boolean;
  readonly rlsForced: boolean;
  /** Rights on the table that this role lacks, of those that reading (production) or filling (staging) takes. */
  readonly cannot: readonly string[];
  /** The team's own triggers, not those of constraints; its partitions' too, which may differ, parents before their parts. */
  readonly triggers: readonly TriggerFacts[];
  /** Has rules, which an INSERT or DELETE would obey. */
  readonly hasRules: boolean;
  /** Is inherited from: its own rows have to be told from its children's. */
  readonly hasChildren: boolean;
  readonly sequences: readonly ColumnSequence[];
}

/** A foreign key between tables that stand for themselves. */
export interface ForeignKeyFacts {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly toSchema: string;
  readonly toTable: string;
  readonly toColumns: readonly string[];
  /** pg_constraint.confdeltype: a no action, r restrict, c cascade, n set null, d set default. */
  readonly onDelete: string;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly validated: boolean;
  readonly matchFull: boolean;
  /** For each column the operator by which a referenced value equals it, with its schema: that of citext isn’t that of text. */
  readonly equals: readonly string[];
  /** Its last column is a period, which the referenced rows cover together (PostgreSQL 18). */
  readonly overPeriods: boolean;
  /** This role may alter the referencing table. */
  readonly owned: boolean;
}

/** What one side's catalog says. */
export interface SideFacts {
  readonly tables: readonly TableFacts[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly extensions: Readonly<Record<string, string>>;
}

/** One name for a table on both sides. */
export function tableKey({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return JSON.stringify([schema, name]);
}
