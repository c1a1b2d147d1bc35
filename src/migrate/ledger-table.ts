import { failure } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { parseQualifiedName, qualifiedName } from '../sql/quote.ts';

export interface LedgerColumn {
  readonly name: string;
  /** As format_type says: `timestamp with time zone`. */
  readonly type: string;
  readonly required: boolean;
}

/**
 * How a ledger's rows are to be read, told by the columns that only this tool has.
 * `plain`: one row for each applied migration. `current`: one row with the current version and a dirty flag (golang-migrate). `head`: one row with the head only (Alembic).
 */
export type LedgerShape = 'plain' | 'prisma' | 'goose' | 'success-flag' | 'current' | 'head';

/** The table in which production records what is applied, as the catalog knows it. */
export interface LedgerTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Quoted as needed, for SQL. */
  readonly sqlName: string;
  /** The column that holds revision, version or file name. */
  readonly column: string;
  readonly columns: readonly LedgerColumn[];
  readonly shape: LedgerShape;
}

/** Which relation a configured name means: as Postgres reads it, or written exactly so, since ledgers with capitals are common. */
const relationQuery = `
select c.oid::text as oid, n.nspname as schema, c.relname as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'f')
  and (c.relname, n.nspname) in (($1, coalesce($2, n.nspname)), ($3, coalesce($4, n.nspname)))
  and ($2::text is not null or n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast'))
order by c.relname = $1 desc, pg_catalog.pg_table_is_visible(c.oid) desc, n.nspname`;

/** The columns of a ledger, and which of them an insert must fill. */
const columnsQuery = `
select a.attname as name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       a.attnotnull and not a.atthasdef and a.attidentity = '' as required
from pg_catalog.pg_attribute a
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

/**
 * Finds the configured ledger in the database that a session is on, and sees whose it is by its columns.
 * Fails with `ledger-unknown` when table or column isn't there, or when a name without a schema is that of several. Throws SqlError.
 */
export async function findLedgerTable(session: Session, ledger: { readonly table: string; readonly column: string }): Promise<Result<LedgerTable>> {
  const folded = parseQualifiedName(ledger.table);
  const dot = ledger.table.lastIndexOf('.');
  const asWritten = { schema: dot === -1 ? null : ledger.table.slice(0, dot), name: ledger.table.slice(dot + 1) };
  const candidates = await session.query<{ oid: string; schema: string; name: string }>(relationQuery, [
    folded?.name ?? asWritten.name,
    folded?.schema ?? asWritten.schema,
    asWritten.name,
    asWritten.schema,
  ]);
  const [found] = candidates;
  const others = candidates.filter((other) => other !== found && other.name === found?.name);
  if (found !== undefined && others.length > 0) {
    // Tools find theirs by settings of the role, the database or the connection: ours need not be the same.
    const names = [found, ...others].map(({ schema, name }) => qualifiedName(schema, name)).sort();
    return fail(
      failure('ledger-unknown', `the ledger ${ledger.table} may be any of ${names.join(', ')}, and only its tool knows which`, {
        object: ledger.table,
        cure: 'Write its schema in migrate.ledger.table.',
      }),
    );
  }
  if (found === undefined) {
    return fail(
      failure('ledger-unknown', `the ledger ${ledger.table} does not exist in this database`, {
        object: ledger.table,
        cure: 'Correct migrate.ledger.table; where nothing was ever applied, set migrate.appliedThrough to "none" instead.',
      }),
    );
  }
  const columns = await session.query<LedgerColumn>(columnsQuery, [found.oid]);
  const names = columns.map((column) => column.name);
  const column = names.find((name) => name === ledger.column) ?? names.find((name) => name === ledger.column.toLowerCase());
  if (column === undefined) {
    return fail(
      failure('ledger-unknown', `the ledger ${ledger.table} has no column ${ledger.column}; it has ${names.join(', ')}`, {
        object: ledger.table,
        cure: 'Correct migrate.ledger.column.',
      }),
    );
  }
  return ok({ ...found, sqlName: qualifiedName(found.schema, found.name), column, columns, shape: shapeOf(found.name, new Set(names)) });
}

function shapeOf(table: string, columns: ReadonlySet<string>): LedgerShape {
  if (columns.has('finished_at') && columns.has('rolled_back_at')) return 'prisma';
  if (columns.has('is_applied')) return 'goose';
  if (columns.has('dirty')) return 'current';
  if (columns.has('success')) return 'success-flag';
  // Alembic's table may have any name, but its only column never has.
  if (table === 'alembic_version' || (columns.size === 1 && columns.has('version_num'))) return 'head';
  return 'plain';
}
