import { SqlError } from '../../core/failure.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';
import type { FailedInMigration } from '../failed-statement.ts';
import { inTrial, withoutConcurrently } from '../in-trial.ts';
import { type AffectedTable, affectedTables } from './affected-tables.ts';
import { defineOnCopy } from './define-on-copy.ts';
import { domainColumns, domainRule } from './domain-columns.ts';
import { findInForce, type InForce, looseNull } from './loosen.ts';
import { ruleOfConstraint, ruleOfIndex } from './read-rule.ts';
import type { Rule, RuledTable } from './rule.ts';
import { violationQuery } from './violation-query.ts';

/** Rows that broke a constraint, and how to see them. */
export interface Violation {
  /** The table that they are in. */
  readonly object: ObjectName;
  readonly constraint: string | undefined;
  /** How many; undefined where counting took too long. */
  readonly rows: number | undefined;
  /** Lists them. Where `script` is there, only within it. */
  readonly query: string;
  /** The rows, or what they break, come into being only within the migration: all that it takes to see them, rolled back at its end. */
  readonly script?: string;
}

/** SQLSTATEs of constraints: not null, foreign key, unique, check, exclusion. */
export const violationStates: ReadonlySet<string> = new Set(['23502', '23503', '23505', '23514', '23P01']);

/** Beyond this, a script to paste serves nobody. */
const longestScript = 20_000;

/**
 * Finds the rows on account of which a statement failed, and the query that lists them, on the clone itself and in a transaction that is rolled back. What the rows break is
 * read from the server's catalogs: from the constraint where it is there, else from one that the statement makes on an empty copy of the table. Undefined for other errors,
 * and where nothing can be said.
 *
 * @param admin a superuser's session on the clone, outside of a transaction
 */
export async function findViolations(admin: Session, failed: FailedInMigration): Promise<Result<Violation | undefined>> {
  if (!violationStates.has(failed.error.sqlstate)) return ok(undefined);
  const found = await inTrial(admin, failed, async (statement) => await lookFor(admin, failed, statement));
  if (found === undefined) return ok(undefined);
  const { object, constraint, query, rows, loosened } = found;
  const told = { object, constraint, query, rows };
  if (loosened === undefined && failed.preceding.length > 0 && (await countAlone(admin, query)) !== rows) return ok(withScript(told, failed, []));
  return ok(loosened === undefined ? told : withScript(told, failed, [...loosened, withoutConcurrently(failed.statement)]));
}

interface Found extends Omit<Violation, 'script'> {
  /** What has to be taken away before the statement runs, so that the rows can be seen; absent where they are there already. */
  readonly loosened?: readonly string[];
}

async function lookFor(admin: Session, { error }: FailedInMigration, statement: string): Promise<Found | undefined> {
  const tables = error.table === undefined ? [] : await affectedTables(admin, error.schema ?? 'public', error.table);
  if (error.sqlstate === '23502' && error.column !== undefined) return await lookForNulls(admin, tables, quoteIdentifier(error.column), statement);
  const inForce = error.constraint === undefined ? undefined : await findInForce(admin, error.constraint, tables, error.sqlstate === '23514');
  if (inForce !== undefined) return await lookInForce(admin, tables, inForce, error.constraint, statement);
  // The lowest table is the error's own, the highest the one that statements name.
  for (const table of tables) {
    for (const rule of await defineOnCopy(admin, table, statement)) {
      const query = violationQuery(ruled(table, rule), rule);
      const rows = await count(admin, query);
      if (rows === undefined || rows > 0) return { object: { kind: 'table', name: table.name }, constraint: error.constraint, rows, query };
    }
  }
  return await lookInDomain(admin, tables, error.column, error.constraint, statement);
}

async function lookForNulls(admin: Session, tables: readonly AffectedTable[], column: string, statement: string): Promise<Found | undefined> {
  for (const table of tables) {
    const query = violationQuery({ name: table.name, only: false }, { kind: 'not-null', column });
    const rows = await count(admin, query);
    if (rows !== undefined && rows > 0) return { object: { kind: 'table', name: table.name }, constraint: undefined, rows, query };
  }
  const loosened = await looseNull(admin, tables, column);
  const [table] = tables;
  if (loosened === undefined || table === undefined) return undefined;
  const query = violationQuery({ name: table.name, only: false }, { kind: 'not-null', column });
  return await afterLoosening(admin, { kind: 'table', name: table.name }, undefined, query, loosened, statement);
}

/** The constraint was there before: rows break it already where it isn't validated, else the statement makes those that do. */
async function lookInForce(
  admin: Session,
  tables: readonly AffectedTable[],
  inForce: InForce,
  constraint: string | undefined,
  statement: string,
): Promise<Found | undefined> {
  if (inForce.domain !== null) {
    const rule = await domainRule(admin, inForce.oid);
    if (rule === undefined) return undefined;
    return await lookInColumns(admin, inForce.domain, rule, constraint, [inForce.drop], statement);
  }
  const table = tables.find(({ oid }) => oid === inForce.relation);
  const rule = inForce.what === 'constraint' ? await ruleOfConstraint(admin, inForce.oid) : await ruleOfIndex(admin, inForce.oid);
  if (rule === undefined || table === undefined) return undefined;
  const query = violationQuery(ruled(table, rule), rule);
  const object = { kind: 'table', name: table.name };
  const rows = await count(admin, query);
  if (rows !== undefined && rows > 0) return { object, constraint, rows, query };
  return await afterLoosening(admin, object, constraint, query, [inForce.drop], statement);
}

/** ALTER DOMAIN … ADD CONSTRAINT: the error names a table and column that hold such a value. It is made without looking at rows, to be read. */
async function lookInDomain(
  admin: Session,
  tables: readonly AffectedTable[],
  column: string | undefined,
  constraint: string | undefined,
  statement: string,
): Promise<Found | undefined> {
  const table = tables.at(-1);
  if (table === undefined || column === undefined) return undefined;
  await admin.execute('savepoint pgrehearse_domain');
  let expression: string | undefined;
  try {
    await admin.execute(`${statement} not valid`);
    const [row] = await admin.query<{ expression: string }>(
      `select pg_catalog.pg_get_expr(k.conbin, 0) as expression
         from pg_catalog.pg_attribute a join pg_catalog.pg_constraint k on k.contypid = a.atttypid
        where a.attrelid = $1::oid and a.attname = $2 and not k.convalidated
        order by k.oid desc limit 1`,
      [table.oid, column],
    );
    expression = row?.expression;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  await admin.execute('rollback to savepoint pgrehearse_domain');
  if (expression === undefined) return undefined;
  const query = violationQuery({ name: table.name, only: false }, { kind: 'domain', column: quoteIdentifier(column), expression });
  return { object: { kind: 'table', name: table.name }, constraint, rows: await count(admin, query), query };
}

/** A value of a domain was refused, and nobody says for which column: the first that holds one, once it may. */
async function lookInColumns(
  admin: Session,
  domain: string,
  expression: string,
  constraint: string | undefined,
  loosened: readonly string[],
  statement: string,
): Promise<Found | undefined> {
  await admin.execute('savepoint pgrehearse_columns');
  try {
    for (const text of [...loosened, statement]) await admin.execute(text);
    for (const { table, column } of await domainColumns(admin, domain)) {
      const query = violationQuery({ name: table, only: false }, { kind: 'domain', column, expression });
      const rows = await count(admin, query);
      if (rows === undefined || rows > 0) return { object: { kind: 'table', name: table }, constraint, rows, query, loosened };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return undefined;
  } finally {
    await admin.execute('rollback to savepoint pgrehearse_columns');
  }
}

/** Takes away what is broken, runs the statement, and looks; undefined where it fails all the same, or no row shows. */
async function afterLoosening(
  admin: Session,
  object: ObjectName,
  constraint: string | undefined,
  query: string,
  loosened: readonly string[],
  statement: string,
): Promise<Found | undefined> {
  await admin.execute('savepoint pgrehearse_after');
  try {
    for (const text of [...loosened, statement]) await admin.execute(text);
    const rows = await count(admin, query);
    return rows === 0 ? undefined : { object, constraint, rows, query, loosened };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return undefined;
  } finally {
    await admin.execute('rollback to savepoint pgrehearse_after');
  }
}

/** Rows of partitions belong to their root; those of inheritance children only where the constraint is theirs too, which a unique index or foreign key never is. */
function ruled({ name, partitioned }: AffectedTable, rule: Rule): RuledTable {
  return { name, only: !partitioned && (rule.kind === 'unique' || rule.kind === 'exclusion' || rule.kind === 'foreign-key') };
}

async function count(admin: Session, query: string): Promise<number | undefined> {
  await admin.execute('savepoint pgrehearse_count');
  try {
    const [row] = await admin.query<{ rows: string }>(`select count(*)::text as rows from (${query}) pgr_counted`);
    return Number(row?.rows ?? 0);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await admin.execute('rollback to savepoint pgrehearse_count');
    // It took too long: the query is right, and its answer isn't known. Anything else is no answer at all.
    return error.fields.sqlstate === '57014' ? undefined : 0;
  }
}

/** How many rows the query lists on the database as it stands. */
async function countAlone(admin: Session, query: string): Promise<number | undefined> {
  await admin.execute('begin');
  try {
    await admin.execute('set local statement_timeout = 120000');
    return await count(admin, query);
  } finally {
    await admin.execute('rollback');
  }
}

function withScript(told: Omit<Violation, 'script'>, { preceding }: FailedInMigration, further: readonly string[]): Violation {
  const before = preceding.filter((text) => transactionVerb(text) === 'none').map(withoutConcurrently);
  const script = ['begin', ...before, ...further, told.query, 'rollback'].map((text) => `${text};`).join('\n');
  return script.length > longestScript ? told : { ...told, script };
}
