import type { RlsIsolation } from '../../../../config/schema.ts';
import type { ColumnFacts, TableFacts } from '../../table-facts.ts';

/** Who is one of several tenants, and which rows are theirs. */
export interface Tenancy {
  readonly role: string;
  /** The context of that tenant. */
  readonly settings: Readonly<Record<string, string>>;
  /** SQL that is true for the tenant's own rows. */
  readonly own: string;
  /** The column that names the tenant, as SQL, and that tenant; where rows are told apart by it. */
  readonly column: string | undefined;
  readonly tenant: string | undefined;
  readonly withoutContext: RlsIsolation['withoutContext'];
  readonly commands: RlsIsolation['commands'];
}

/** A table or partition whose rows are to be kept apart. */
export interface Isolated {
  readonly table: TableFacts;
  readonly columns: readonly ColumnFacts[];
  readonly partition: boolean;
  /** Rows, as the superuser counts them, up to `countedRows`. */
  readonly own: number;
  readonly others: number;
}

/** What shows that it is row level security which answers. */
export function policiesOff({ name }: TableFacts) {
  return async () => [{ what: `policies of ${name} off`, statements: [`alter table ${name} disable row level security`] }];
}
