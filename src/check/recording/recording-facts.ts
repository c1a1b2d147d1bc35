/** What the catalogs say of the tables of a database, before or after migrating: what a recording doesn't hold. Names are schema-qualified and quoted where needed. */
export interface RecordingFacts {
  readonly serverVersionNum: number;
  readonly tables: readonly TableFacts[];
  readonly constraints: readonly ConstraintFacts[];
  readonly indexes: readonly IndexFacts[];
  readonly keys: readonly KeyFacts[];
  readonly enums: readonly EnumFacts[];
}

export interface TableFacts {
  /** pg_class.oid. */
  readonly oid: number;
  readonly name: string;
  readonly kind: 'table' | 'partitioned table' | 'materialized view';
  /** Of a partition or child. */
  readonly parent?: number;
  /** reltuples; absent where it was never analysed. */
  readonly rows?: number;
  /** With TOAST, without indexes. */
  readonly bytes: number;
  readonly columns: readonly ColumnFacts[];
  /** Which columns of a changed row logical replication sends. */
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  /** The publications that the table is in. */
  readonly publications: readonly string[];
  /** Whether one of them sends updates or deletions, which need a replica identity. */
  readonly publishesChanges: boolean;
  /** How often somebody had it analysed since the counters began; what autovacuum did doesn’t count. */
  readonly analyses: number;
}

export interface ColumnFacts {
  /** pg_attribute.attnum: the same after renaming. */
  readonly number: number;
  readonly name: string;
  readonly type: string;
  /** Type and modifier, the same whatever the type is called. */
  readonly typeKey: string;
  readonly notNull: boolean;
  readonly filled?: 'default' | 'identity' | 'generated';
  /** The default's or the generated column's expression. */
  readonly expression?: string;
}

export interface ConstraintFacts {
  readonly oid: number;
  /** Quoted where needed, not qualified. */
  readonly name: string;
  readonly table: number;
  readonly kind: 'check' | 'foreign key' | 'primary key' | 'unique' | 'exclusion';
  readonly validated: boolean;
  readonly columns: readonly number[];
  readonly references?: { readonly table: number; readonly columns: readonly number[] };
  /** The one of the partitioned table that it is part of. */
  readonly parent?: number;
  /** The index behind it; of a foreign key, that of the referenced side. */
  readonly index?: number;
  readonly definition: string;
}

export interface IndexFacts {
  readonly oid: number;
  readonly name: string;
  readonly table: number;
  /** 0 for an expression. */
  readonly columns: readonly number[];
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  readonly partial: boolean;
  readonly replicaIdentity: boolean;
  readonly definition: string;
}

/** A column of an integer type that a sequence fills. */
export interface KeyFacts {
  readonly table: number;
  readonly column: number;
  readonly sequence: string;
  /** The last value given out; absent where there was none. */
  readonly last?: number;
  /** What the column's type or the sequence allows, whichever is less. */
  readonly max: number;
  /** True where the sequence begins anew at its end. */
  readonly cycles: boolean;
}

export interface EnumFacts {
  readonly oid: number;
  readonly name: string;
  /** In their order, each with pg_enum.oid, which survives renaming. */
  readonly labels: readonly { readonly oid: number; readonly label: string }[];
}
