import { isBlank, scan, type Token } from '../../sql/scan.ts';

/**
 * Whether two expressions, as one server's major writes them, can't be forms of the same one: each holds a constant, or an operator, that the other lacks.
 *
 * What a dump and restore changes in an expression (casts move into lists, NULL gets a type, parentheses are flattened, a minus becomes a part of its number)
 * adds or takes away, and never puts one constant or operator in the place of another. So signs, types and the numbers behind them aren't looked at.
 *
 * @example differForCertain('(amount > 0)', '(amount >= 0)') // true
 * @example differForCertain('NULL', 'NULL::character varying(20)') // false
 */
export function differForCertain(left: string, right: string): boolean {
  const [a, b] = [piecesOf(left), piecesOf(right)];
  return bothHaveMore(a.constants, b.constants) || bothHaveMore(a.operators, b.operators);
}

interface Pieces {
  readonly constants: readonly string[];
  readonly operators: readonly string[];
}

function piecesOf(text: string): Pieces {
  const tokens = [...scan(text)].filter(({ kind }) => !isBlank(kind));
  const constants: string[] = [];
  const operators: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    const own = text.slice(token.start, token.end);
    if (token.kind !== 'symbol') {
      if (token.kind === 'string' || token.kind === 'number') constants.push(...constantsIn(own));
      at++;
      continue;
    }
    const operator = operatorAt(text, tokens, at);
    at += Math.max(operator.length, 1);
    if (operator === '::') at = afterType(text, tokens, at);
    else if (operator !== '' && !unsaid.has(operator)) operators.push(operator);
  }
  return { constants, operators };
}

/** A sign may be an operator or a part of a number, and a star the name of all columns. */
const unsaid = new Set(['-', '+', '*', ':']);

/** `'-1.5'::numeric` and `(- 1.5)` hold the same: `1` and `5`. */
function constantsIn(token: string): readonly string[] {
  if (!token.endsWith("'")) return [token];
  const content = token.slice(token.indexOf("'") + 1, -1);
  return /^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(content) ? (content.match(/[0-9a-z]+/gi) ?? []) : [`'${content}'`];
}

/** Characters without a gap are one operator; commas and dots are none. */
function operatorAt(text: string, tokens: readonly Token[], from: number): string {
  let at = from;
  while (at < tokens.length && isPart(text, tokens[at] as Token) && (at === from || tokens[at]?.start === tokens[at - 1]?.end)) at++;
  return at === from ? '' : text.slice(tokens[from]?.start, tokens[at - 1]?.end);
}

function isPart(text: string, { kind, start }: Token): boolean {
  return kind === 'symbol' && text[start] !== ',' && text[start] !== '.';
}

/** The place behind a type's name, with the numbers in parentheses that belong to it: `timestamp(3) without time zone`. */
function afterType(text: string, tokens: readonly Token[], from: number): number {
  let at = from;
  for (; at < tokens.length; at++) {
    const { kind, start } = tokens[at] as Token;
    if (kind === 'word' || kind === 'quoted-identifier' || (kind === 'symbol' && text[start] === '.')) continue;
    const close = kind === 'open' ? tokens.findIndex((token, place) => place > at && token.kind === 'close') : -1;
    const inside = tokens.slice(at + 1, Math.max(close, at + 1));
    if (close === -1 || !inside.every((token) => token.kind === 'number' || text[token.start] === ',')) break;
    at = close;
  }
  return at;
}

function bothHaveMore(left: readonly string[], right: readonly string[]): boolean {
  return hasMore(left, right) && hasMore(right, left);
}

/** Whether anything occurs more often in one list than in the other. */
function hasMore(one: readonly string[], other: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const piece of other) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return one.some((piece) => {
    const left = counts.get(piece) ?? 0;
    counts.set(piece, left - 1);
    return left === 0;
  });
}
