import { readPythonString } from './python-string.ts';

/** A word, string, number or operator of a Python file. */
export interface PythonToken {
  readonly kind: 'name' | 'string' | 'number' | 'symbol';
  readonly text: string;
  /** What a string says; undefined for bytes, for f-strings with fields, and for names of characters (`\N{…}`), which are not looked up. */
  readonly value?: string | undefined;
  /** 1-based. */
  readonly line: number;
}

/** A statement, or several with semicolons, however many lines it was written over. */
export interface LogicalLine {
  /** Columns before it: 0 is the module's own level. */
  readonly indent: number;
  readonly tokens: readonly PythonToken[];
}

export interface PythonProblem {
  readonly problem: string;
  /** 1-based. */
  readonly line: number;
}

const blank = /[ \t\f]+/y;
const name = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const number = /(?:\d|\.\d)(?:[eE][+-]?\d|[\w.])*/uy;
const stringStart = /(?:[rRbBuUfFtT]{0,2})(?:"""|'''|"|')/y;
const operator = /\*\*=|\/\/=|>>=|<<=|\.\.\.|[-+*/%@&|^=!<>:]=|\*\*|\/\/|->|<<|>>/y;
const tabWidth = 8;

/**
 * Splits Python's text into logical lines by its lexical rules: comments, strings of every kind, brackets and backslashes over several lines, line ends of every
 * kind. Nothing is run. What is no Python (an open string, a bracket too many) is told with its line.
 */
export function scanPython(text: string): readonly LogicalLine[] | PythonProblem {
  const lines: LogicalLine[] = [];
  let tokens: PythonToken[] = [];
  let indent = 0;
  let line = 1;
  let atLineStart = true;
  const open: { readonly symbol: string; readonly line: number }[] = [];
  const match = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const endLine = () => {
    if (tokens.length > 0) lines.push({ indent, tokens });
    tokens = [];
    atLineStart = true;
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const character = text[at] ?? '';
    const space = match(blank, at);
    if (space !== undefined) {
      if (atLineStart && open.length === 0) indent = widthOf(space);
      atLineStart = false;
      at += space.length;
      continue;
    }
    if (character === '\n' || character === '\r') {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line++;
      if (open.length === 0) endLine();
      continue;
    }
    if (character === '#') {
      while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
      continue;
    }
    if (atLineStart && open.length === 0) indent = 0;
    atLineStart = false;
    if (character === '\\' && /[\r\n]/.test(text[at + 1] ?? '')) {
      at += text.startsWith('\r\n', at + 1) ? 3 : 2;
      line++;
      continue;
    }
    const prefix = match(stringStart, at);
    if (prefix !== undefined) {
      const string = readPythonString(text, at, prefix);
      if (string === undefined) return { problem: 'a string is not closed', line };
      const source = text.slice(at, string.end);
      tokens.push({ kind: 'string', text: source, value: string.value, line });
      line += source.match(/\r\n|\r|\n/g)?.length ?? 0;
      at = string.end;
      continue;
    }
    const word = match(name, at);
    const digits = word === undefined ? match(number, at) : undefined;
    const found = word ?? digits ?? match(operator, at) ?? character;
    if (found === '(' || found === '[' || found === '{') open.push({ symbol: found, line });
    if (Object.hasOwn(partner, found) && open.pop()?.symbol !== partner[found]) return { problem: `a ${found} closes nothing`, line };
    tokens.push({
      kind: word !== undefined ? 'name' : digits !== undefined ? 'number' : 'symbol',
      text: word === undefined ? found : found.normalize('NFKC'),
      line,
    });
    at += found.length;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) return { problem: `a ${unclosed.symbol} is not closed`, line: unclosed.line };
  endLine();
  return lines;
}

const partner: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function widthOf(space: string): number {
  let width = 0;
  for (const character of space) width = character === '\t' ? (Math.floor(width / tabWidth) + 1) * tabWidth : character === '\f' ? 0 : width + 1;
  return width;
}
