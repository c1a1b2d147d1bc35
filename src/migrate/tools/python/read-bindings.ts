import { type Literal, readLiteral } from './literal.ts';
import type { LogicalLine, PythonToken } from './scan-python.ts';

/** What a name stands for once a module or class has been run. */
export interface Binding {
  /** Undefined where only Python itself could tell. */
  readonly literal: Literal | undefined;
  /** 1-based. */
  readonly line: number;
}

const compound = new Set(['if', 'elif', 'else', 'for', 'while', 'try', 'except', 'finally', 'with', 'match', 'case', 'async']);
const binding = new Set(['for', 'with', 'except', 'case', 'async', 'import', 'from', 'del', 'global', 'nonlocal']);
/** With these a module can change any name of its own. */
const dynamic = new Set(['globals', 'locals', 'vars', 'exec', 'eval', 'setattr']);

/**
 * What these names stand for at the end of a module (indent 0), or of a class whose lines are given: the last literal assignment that is always made. A name that is
 * bound in any other way (in an `if`, by an import, a loop, `+=`, `append`) is there without a literal, so that nobody takes an earlier value for it.
 * A name that is never bound is absent.
 *
 * @param indent of the module's or class's own statements
 */
export function readBindings(lines: readonly LogicalLine[], names: ReadonlySet<string>, indent = 0): ReadonlyMap<string, Binding> {
  const found = new Map<string, Binding>();
  /** Names that a function or `globals()` may change at any time. */
  const tainted = new Set<string>();
  let skipDeeper: number | undefined;
  for (const line of lines) {
    const first = line.tokens[0];
    if (first === undefined) continue;
    if (skipDeeper !== undefined && line.indent > skipDeeper) {
      if (first.text === 'global') for (const { text } of line.tokens) if (names.has(text)) tainted.add(text);
      continue;
    }
    skipDeeper = undefined;
    const unknown = (name: string) => found.set(name, { literal: undefined, line: first.line });
    if (isDefinition(line.tokens)) {
      skipDeeper = line.indent;
      const defined = line.tokens.find(({ text, kind }) => kind === 'name' && !['def', 'class', 'async'].includes(text));
      if (defined !== undefined && names.has(defined.text)) unknown(defined.text);
      continue;
    }
    if (line.tokens.some(({ kind, text }, at) => kind === 'name' && dynamic.has(text) && line.tokens[at - 1]?.text !== '.')) {
      for (const name of names) tainted.add(name);
    }
    const sure = line.indent === indent && !compound.has(first.text);
    for (const statement of split(line.tokens, ';')) {
      for (const [name, literal] of boundBy(statement, names)) found.set(name, { literal: sure ? literal : undefined, line: statement[0]?.line ?? first.line });
    }
  }
  for (const name of tainted) found.set(name, { literal: undefined, line: found.get(name)?.line ?? 1 });
  return found;
}

/** `def`, `class` or `async def`. */
export function isDefinition(tokens: readonly PythonToken[]): boolean {
  const [first, second] = tokens;
  return first?.kind === 'name' && (first.text === 'def' || first.text === 'class' || (first.text === 'async' && second?.text === 'def'));
}

/** The names that a statement binds or changes, with the literal where it is a plain assignment. */
function boundBy(statement: readonly PythonToken[], names: ReadonlySet<string>): ReadonlyMap<string, Literal | undefined> {
  const bound = new Map<string, Literal | undefined>();
  const mentioned = (tokens: readonly PythonToken[]) =>
    tokens.filter(({ kind, text }, at) => kind === 'name' && names.has(text) && tokens[at - 1]?.text !== '.').map(({ text }) => text);
  for (const [at, { kind, text }] of statement.entries())
    if (kind === 'name' && names.has(text) && statement[at + 1]?.text === ':=') bound.set(text, undefined);
  const [first, second] = statement;
  if (first?.kind !== 'name' && second === undefined) return bound;
  if (first?.kind === 'name' && binding.has(first.text)) {
    // `from x import *` may bring any name.
    const brings = statement.some(({ text }, at) => text === '*' && statement[at - 1]?.text === 'import') ? [...names] : mentioned(statement);
    for (const name of brings) bound.set(name, undefined);
    return bound;
  }
  const parts = split(statement, '=');
  const value = parts.at(-1) ?? [];
  for (const target of parts.slice(0, -1)) {
    const name = targetName(target);
    if (name !== undefined) {
      if (names.has(name)) bound.set(name, readLiteral(value));
    } else for (const each of mentioned(target)) bound.set(each, undefined);
  }
  // `revision += …`, `depends_on.append(…)`.
  const changes = second?.kind === 'symbol' && (second.text === '.' || second.text === '[' || /^[^=!<>:]+=$/.test(second.text));
  if (first?.kind === 'name' && names.has(first.text) && parts.length === 1 && changes) bound.set(first.text, undefined);
  return bound;
}

/** The name of `name` or `name: annotation`. */
function targetName(target: readonly PythonToken[]): string | undefined {
  const [first, second] = target;
  if (first?.kind !== 'name' || compound.has(first.text)) return undefined;
  return second === undefined || (second.kind === 'symbol' && second.text === ':') ? first.text : undefined;
}

/** The tokens between these symbols, where they aren't inside of brackets. */
function split(tokens: readonly PythonToken[], symbol: string): readonly (readonly PythonToken[])[] {
  const parts: PythonToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'symbol' && '([{'.includes(token.text)) depth++;
    if (token.kind === 'symbol' && ')]}'.includes(token.text)) depth--;
    if (depth === 0 && token.kind === 'symbol' && token.text === symbol) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
