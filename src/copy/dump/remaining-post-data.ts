import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { type SignificantToken, significantTokens } from '../../sql/significant-tokens.ts';

/** What is quickly made, and made anew where it may be there: how it is dropped. */
const quick = /^create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(trigger|policy|rule|publication|event\s+trigger|statistics)\b/i;

/**
 * Of the statements of a post-data section, some of which were carried out by an attempt that was interrupted: those that are still to be. Indexes and constraints
 * that are there stay, each being the work of one transaction; what is quickly made is dropped, to be made again in its turn. Statements
 * that may be repeated (comments, owners, rights, switches) all remain. Throws SqlError.
 */
export async function remainingPostData(session: Session, statements: readonly string[]): Promise<readonly string[]> {
  const there = await readBuilt(session);
  const remaining: string[] = [];
  for (const statement of statements)
    if (!(await isDone(session, statement, there))) remaining.push(statement.replace(/^create\s+(?=function|procedure)/i, 'create or replace '));
  return remaining;
}

interface Built {
  /** Relations but tables, `schema.name`. */
  readonly relations: ReadonlySet<string>;
  /** `name on schema.table`; false: still to be validated. */
  readonly constraints: ReadonlyMap<string, boolean>;
}

/** Which indexes, views and constraints are there? */
async function readBuilt(session: Session): Promise<Built> {
  const relations = await session.query<{ schema: string; name: string }>(`
    select n.nspname as schema, c.relname as name
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('i', 'I', 'v', 'm') order by 1, 2`);
  const constraints = await session.query<{ schema: string; owner: string; name: string; validated: boolean }>(`
    select n.nspname as schema, coalesce(c.relname, t.typname) as owner, k.conname as name, k.convalidated as validated
      from pg_catalog.pg_constraint k
      left join pg_catalog.pg_class c on c.oid = k.conrelid
      left join pg_catalog.pg_type t on t.oid = k.contypid
      join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, t.typnamespace)
     order by 1, 2, 3`);
  const named = (rows: readonly { readonly schema: string; readonly name: string }[]) => new Set(rows.map(({ schema, name }) => qualifiedName(schema, name)));
  return {
    relations: named(relations),
    constraints: new Map(constraints.map(({ schema, owner, name, validated }) => [constraintKey(name, qualifiedName(schema, owner)), validated])),
  };
}

async function isDone(session: Session, statement: string, there: Built): Promise<boolean> {
  const tokens = significantTokens(statement);
  const words = tokens.map(({ keyword }) => keyword);
  if (/^create\s+(unique\s+)?index\b/i.test(statement)) return hasIndex(tokens, there);
  if (/^create\s+(materialized\s+)?view\b/i.test(statement)) return there.relations.has(nameAt(tokens, words.indexOf('VIEW') + 1)?.name ?? '');
  if (/^alter\s+(table|domain)\b/i.test(statement)) return await hasConstraint(session, tokens, there);
  const [, kind] = quick.exec(statement) ?? [];
  if (kind !== undefined) await drop(session, kind.toLowerCase().replaceAll(/\s+/g, ' '), tokens);
  return false;
}

function hasIndex(tokens: readonly SignificantToken[], { relations }: Built): boolean {
  const on = tokens.findIndex(({ keyword }) => keyword === 'ON');
  const [index] = tokens.slice(on - 1, on);
  const table = nameAt(tokens, tokens[on + 1]?.keyword === 'ONLY' ? on + 2 : on + 1);
  // An index lies in its table's schema, whose name only the table bears.
  return index?.name !== undefined && table !== undefined && relations.has(qualifiedName(table.schema, index.name));
}

async function hasConstraint(session: Session, tokens: readonly SignificantToken[], { constraints, relations }: Built): Promise<boolean> {
  const table = nameAt(tokens, tokens[2]?.keyword === 'ONLY' ? 3 : 2);
  if (table === undefined) return false;
  const [add, constraint, name, kind] = tokens.slice(table.next, table.next + 4);
  if (add?.keyword !== 'ADD' || constraint?.keyword !== 'CONSTRAINT' || name?.name === undefined) return false;
  const validated = constraints.get(constraintKey(name.name, table.name));
  if (kind?.keyword === 'FOREIGN') {
    if (validated !== false) return validated === true;
    // Made, and perhaps not validated yet: whether every row keeps it has to be found out anew.
    await session.execute(`alter table ${table.name} drop constraint ${quoteIdentifier(name.name)}`);
    return false;
  }
  if (validated !== undefined) return true;
  // Half of a key: its index is there, and becomes a constraint only with the next statement.
  const index = qualifiedName(table.schema, name.name);
  if (relations.has(index)) await session.execute(`drop index ${index}`);
  return false;
}

async function drop(session: Session, kind: string, tokens: readonly SignificantToken[]): Promise<void> {
  const at = tokens.findIndex(({ keyword }) => keyword === kind.split(' ').at(-1)?.toUpperCase()) + 1;
  const [name] = tokens.slice(at, at + 1);
  if (name?.name === undefined) return;
  if (kind === 'statistics') {
    const qualified = nameAt(tokens, at);
    if (qualified !== undefined) await session.execute(`drop statistics if exists ${qualified.name}`);
    return;
  }
  if (kind === 'publication' || kind === 'event trigger') {
    await session.execute(`drop ${kind} if exists ${quoteIdentifier(name.name)}`);
    return;
  }
  // `CREATE RULE r AS ON INSERT TO s.t`, all others `… ON s.t`.
  const before = kind === 'rule' ? 'TO' : 'ON';
  const table = nameAt(tokens, tokens.findIndex(({ keyword }, place) => place > at && keyword === before) + 1);
  if (table !== undefined) await session.execute(`drop ${kind} if exists ${quoteIdentifier(name.name)} on ${table.name}`);
}

function nameAt(tokens: readonly SignificantToken[], at: number): { readonly schema: string; readonly name: string; readonly next: number } | undefined {
  const [schema, dot, name] = tokens.slice(at, at + 3);
  if (schema?.name === undefined || dot?.text !== '.' || name?.name === undefined) return undefined;
  return { schema: schema.name, name: qualifiedName(schema.name, name.name), next: at + 3 };
}

function constraintKey(name: string, table: string): string {
  return `${quoteIdentifier(name)} on ${table}`;
}
