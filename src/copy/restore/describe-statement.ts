import { type SignificantToken, significantTokens } from '../../sql/significant-tokens.ts';

/** What a statement does to which object, as far as its first words tell. Enough to name it and to judge its failure; never to run it. */
export interface StatementDescription {
  /** CREATE, ALTER, COMMENT, GRANT, REVOKE, SET, SELECT, … in capitals. */
  readonly verb: string;
  /** `table`, `event trigger`, `user mapping`, …; of SELECT: the function that it calls. */
  readonly kind: string;
  /** As written, qualified: `public.invoice`; for a policy or trigger `name on public.invoice`. Empty where there is none. */
  readonly name: string;
  /** The part of an ALTER after the name, as keywords: `OWNER TO`. */
  readonly action: string;
}

/** Kinds of more than one word; longer ones first where one begins another. */
const longKinds = [
  'ACCESS METHOD',
  'DEFAULT PRIVILEGES',
  'EVENT TRIGGER',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'FOREIGN TABLE',
  'LARGE OBJECT',
  'MATERIALIZED VIEW',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'USER MAPPING',
].map((kind) => kind.split(' '));

/** Words between the verb and the kind. */
const qualifiers = new Set(['OR', 'REPLACE', 'UNIQUE', 'TEMP', 'TEMPORARY', 'UNLOGGED', 'TRUSTED', 'PROCEDURAL', 'CONSTRAINT', 'RECURSIVE', 'GLOBAL', 'LOCAL']);
/** Words between the kind and the name. */
const fillers = new Set(['IF', 'NOT', 'EXISTS', 'ONLY', 'CONCURRENTLY', 'FOR']);

/**
 * @example describeStatement('CREATE POLICY p ON public.t TO a') // { verb: 'CREATE', kind: 'policy', name: 'p on public.t', action: '' }
 * @example describeStatement('ALTER TABLE ONLY public.t OWNER TO x') // { verb: 'ALTER', kind: 'table', name: 'public.t', action: 'OWNER TO' }
 */
export function describeStatement(statement: string): StatementDescription {
  const tokens = significantTokens(statement, 400);
  const verb = tokens[0]?.keyword ?? '';
  switch (verb) {
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
    case 'REFRESH':
      return describeDefinition(verb, tokens, verb === 'CREATE' ? skip(tokens, 1, qualifiers) : 1);
    case 'COMMENT':
      return describeDefinition(verb, tokens, 2);
    case 'SECURITY': {
      const on = tokens.findIndex((token) => token.keyword === 'ON');
      return { ...describeDefinition(verb, tokens, on + 1), verb: 'SECURITY LABEL' };
    }
    case 'GRANT':
    case 'REVOKE':
      return describeGrant(verb, tokens);
    case 'SELECT':
      return { verb, kind: readName(tokens, 1).name.replace(/^pg_catalog\./i, ''), name: firstString(tokens), action: '' };
    case 'SET':
    case 'RESET':
      return { verb, kind: 'setting', name: settingName(tokens), action: '' };
    case 'COPY':
      return { verb, kind: 'table', name: readName(tokens, 1).name, action: '' };
    case 'INSERT':
      return { verb, kind: 'table', name: readName(tokens, 2).name, action: '' };
    default:
      return { verb, kind: '', name: '', action: '' };
  }
}

function describeDefinition(verb: string, tokens: readonly SignificantToken[], at: number): StatementDescription {
  const words = longKinds.find((kind) => kind.every((word, index) => tokens[at + index]?.keyword === word)) ?? [tokens[at]?.keyword ?? ''];
  const kind = words.join(' ').toLowerCase();
  const nameAt = skip(tokens, at + words.length, fillers);
  const { name, next } = readName(tokens, nameAt);
  const on = ['policy', 'trigger', 'rule', 'constraint'].includes(kind) ? onTable(tokens, next) : '';
  return { verb, kind, name: on === '' ? name : `${name} on ${on}`, action: keywordsFrom(tokens, next) };
}

function describeGrant(verb: string, tokens: readonly SignificantToken[]): StatementDescription {
  const on = tokens.findIndex((token) => token.keyword === 'ON');
  if (on === -1) return { verb, kind: 'role', name: readName(tokens, 1).name, action: '' };
  const described = describeDefinition(verb, tokens, on + 1);
  // `GRANT … ON x`: without a kind the object is a table.
  const known = /^(table|sequence|database|domain|foreign|function|language|large|parameter|procedure|routine|schema|tablespace|type)/.test(described.kind);
  return known ? { ...described, action: '' } : { verb, kind: 'table', name: readName(tokens, on + 1).name, action: '' };
}

function skip(tokens: readonly SignificantToken[], from: number, words: ReadonlySet<string>): number {
  let at = from;
  while (words.has(tokens[at]?.keyword ?? '')) at++;
  return at;
}

/** `a.b.c` from an offset on, as written. */
function readName(tokens: readonly SignificantToken[], from: number): { readonly name: string; readonly next: number } {
  let at = from;
  let name = tokens[at]?.text ?? '';
  at++;
  while (tokens[at]?.text === '.') {
    name += `.${tokens[at + 1]?.text ?? ''}`;
    at += 2;
  }
  return { name, next: at };
}

function onTable(tokens: readonly SignificantToken[], from: number): string {
  const on = tokens.findIndex((token, index) => index >= from && (token.keyword === 'ON' || token.keyword === 'TO'));
  return on === -1 ? '' : readName(tokens, skip(tokens, on + 1, fillers)).name;
}

function keywordsFrom(tokens: readonly SignificantToken[], from: number): string {
  const words: string[] = [];
  for (const token of tokens.slice(from, from + 4)) {
    if (token.keyword === '') break;
    words.push(token.keyword);
  }
  return words.join(' ');
}

function firstString(tokens: readonly SignificantToken[]): string {
  const found = tokens.find((token) => token.kind === 'string');
  return found === undefined ? '' : found.text.slice(1, -1);
}

function settingName(tokens: readonly SignificantToken[]): string {
  const scope = ['SESSION', 'LOCAL'].includes(tokens[1]?.keyword ?? '') && tokens[2]?.keyword !== '' ? 2 : 1;
  return tokens[scope]?.keyword === 'AUTHORIZATION' ? 'session authorization' : readName(tokens, scope).name;
}
