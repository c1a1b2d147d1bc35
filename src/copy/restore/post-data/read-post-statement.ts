import { qualifiedName } from '../../../sql/quote.ts';
import { type SignificantToken, significantTokens } from '../../../sql/significant-tokens.ts';
import { describeStatement } from '../describe-statement.ts';
import { readUndumpedMark } from '../undumped-mark.ts';
import { type SplitKey, splitKey } from './split-key.ts';

/** What a statement of a dump's post-data section needs and holds up. Tables are `schema.table`, quoted where needed. */
export type PostStatement =
  /** Builds an index: reads the whole table. */
  | { readonly kind: 'index'; readonly table: string; readonly needsAllRows: boolean }
  /** Builds an index under a constraint, alone on its table, unless it can be split into an index and a constraint. */
  | { readonly kind: 'key'; readonly table: string; readonly needsAllRows: boolean; readonly split: SplitKey | undefined }
  /** `notValid`: the same constraint, still to be validated; undefined where the statement says so itself, or is not to be enforced. */
  | {
      readonly kind: 'foreign-key';
      readonly table: string;
      readonly constraint: string;
      readonly references: string | undefined;
      readonly notValid: string | undefined;
    }
  /** Has to be there before ANALYZE. */
  | { readonly kind: 'statistics' }
  | { readonly kind: 'constraint-comment'; readonly table: string; readonly constraint: string }
  /** Changes what the statements after it mean. */
  | { readonly kind: 'session' }
  /** Needs every foreign key. */
  | { readonly kind: 'late' }
  /** Anything else: quick, and run in the dump's own order. */
  | { readonly kind: 'other' };

const other: PostStatement = { kind: 'other' };

/**
 * Reads as much of a statement as its place in the order takes. What isn't understood is `other`, which is always right, only slower.
 *
 * @example readPostStatement('CREATE INDEX i ON public.t USING btree (a)') // { kind: 'index', table: 'public.t', needsAllRows: false }
 */
export function readPostStatement(statement: string): PostStatement {
  // Indexes that are only marked afterwards are no builds that anything waits for; triggers exist once their constraint does.
  const undumped = readUndumpedMark(statement);
  if (undumped !== undefined) return undumped.kind === 'constraint' ? { kind: 'late' } : other;
  if (/^create\s+(unique\s+)?index\b/i.test(statement)) return readIndex(significantTokens(statement));
  if (/^alter\s+table\b/i.test(statement)) return readAlterTable(statement, significantTokens(statement));
  if (/^(create|alter)\s+statistics\b/i.test(statement)) return { kind: 'statistics' };
  if (/^comment\s+on\s+constraint\b/i.test(statement)) return readConstraintComment(significantTokens(statement));
  if (/^(set|reset|select)\b/i.test(statement) && changesNames(statement)) return { kind: 'session' };
  return other;
}

/** Settings that decide who owns what, or what a name means: statements after them can't be moved. */
function changesNames(statement: string): boolean {
  const { verb, kind, name } = describeStatement(statement);
  if (verb === 'SELECT') return kind === 'set_config' && !/'search_path'\s*,\s*''/i.test(statement);
  if (/^(session authorization|role|all)$/i.test(name)) return true;
  return /^search_path$/i.test(name) && !/=\s*''\s*$/.test(statement);
}

function readIndex(tokens: readonly SignificantToken[]): PostStatement {
  const on = tokens.findIndex((token) => token.keyword === 'ON');
  const table = readTable(tokens, on + 1);
  if (on === -1 || table === undefined) return other;
  return { kind: 'index', table: table.name, needsAllRows: callsUserCode(tokens, table.next) };
}

function readAlterTable(statement: string, tokens: readonly SignificantToken[]): PostStatement {
  const table = readTable(tokens, 2);
  if (table === undefined) return other;
  const [add, constraint, name, first, second] = tokens.slice(table.next, table.next + 5);
  if (add?.keyword !== 'ADD' || constraint?.keyword !== 'CONSTRAINT' || name?.name === undefined) return other;
  switch (first?.keyword) {
    case 'PRIMARY':
    case 'UNIQUE':
    case 'EXCLUDE':
      return {
        kind: 'key',
        table: table.name,
        needsAllRows: callsUserCode(tokens, table.next + 3),
        split: splitKey(statement, tokens, table.next + 2),
      };
    case 'FOREIGN':
      if (second?.keyword !== 'KEY') return other;
      return {
        kind: 'foreign-key',
        table: table.name,
        constraint: name.text,
        references: readTable(tokens, tokens.findIndex((token) => token.keyword === 'REFERENCES') + 1)?.name,
        notValid: endsUnchecked(tokens) ? undefined : `${statement} NOT VALID`,
      };
    default:
      return other;
  }
}

function readConstraintComment(tokens: readonly SignificantToken[]): PostStatement {
  const table = readTable(tokens, 5);
  const [name, on] = tokens.slice(3, 5);
  return table === undefined || name === undefined || on?.keyword !== 'ON' ? other : { kind: 'constraint-comment', table: table.name, constraint: name.text };
}

/** `NOT VALID` and PostgreSQL 18's `NOT ENFORCED` stand last. */
function endsUnchecked(tokens: readonly SignificantToken[]): boolean {
  return tokens.some((token, at) => token.keyword === 'NOT' && /^(VALID|ENFORCED)$/.test(tokens[at + 1]?.keyword ?? ''));
}

/** `[ONLY] schema.table` from a place on. A name without its schema can't be told apart from others. */
function readTable(tokens: readonly SignificantToken[], from: number): { readonly name: string; readonly next: number } | undefined {
  const at = tokens[from]?.keyword === 'ONLY' ? from + 1 : from;
  const [schema, dot, name] = tokens.slice(at, at + 3);
  if (schema?.name === undefined || dot?.text !== '.' || name?.name === undefined) return undefined;
  return { name: qualifiedName(schema.name, name.name), next: at + 3 };
}

/**
 * Whether functions, casts or operators outside of pg_catalog are called: pg_dump writes those with their schema. One that is called
 * immutable may read other tables all the same, and would read them half loaded.
 */
function callsUserCode(tokens: readonly SignificantToken[], from: number): boolean {
  return tokens.slice(from).some((token, place, rest) => {
    if (token.keyword === 'OPERATOR') return true;
    if (token.text !== '.' || rest[place - 1]?.name === 'pg_catalog') return false;
    return rest[place + 2]?.text === '(' || rest[place - 2]?.text === ':';
  });
}
