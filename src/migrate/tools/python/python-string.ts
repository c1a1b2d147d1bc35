/** Where a string ends, and what it says where that stands there literally. */
export interface PythonString {
  /** Offset after the closing quotes. */
  readonly end: number;
  readonly value: string | undefined;
}

/**
 * Reads one string literal. Undefined when it isn't closed: at the text's end, or at the line's for one with single quotes.
 *
 * @param start where its prefix begins
 * @param opening its prefix and opening quotes, such as `r"""`
 */
export function readPythonString(text: string, start: number, opening: string): PythonString | undefined {
  const quote = /["']+$/.exec(opening)?.[0] ?? '"';
  const prefix = opening.slice(0, -quote.length).toLowerCase();
  const raw = prefix.includes('r');
  // Template strings (t) are built like f-strings.
  const formatted = /[ft]/.test(prefix);
  const first = start + opening.length;
  let hasField = false;
  for (let at = first; at < text.length; ) {
    if (text.startsWith(quote, at)) {
      const body = text.slice(first, at);
      const literal = prefix.includes('b') || prefix.includes('t') || hasField ? undefined : raw ? unixLines(body) : unescapeString(unixLines(body));
      return { end: at + quote.length, value: formatted ? literal?.replaceAll('{{', '{').replaceAll('}}', '}') : literal };
    }
    const character = text[at];
    if (character === '\\') at += text.startsWith('\r\n', at + 1) ? 3 : 2;
    else if (quote.length === 1 && (character === '\n' || character === '\r')) return undefined;
    else if (formatted && character === '{') {
      if (text[at + 1] === '{') at += 2;
      else {
        hasField = true;
        const end = endOfField(text, at + 1, quote);
        if (end === undefined) return undefined;
        at = end;
      }
    } else at++;
  }
  return undefined;
}

/** Behind the `}` of a field. Newer Pythons allow strings with the same quotes in a field, but not in the format that follows its colon. */
function endOfField(text: string, start: number, quote: string): number | undefined {
  let depth = 0;
  let inFormat = false;
  for (let at = start; at < text.length; ) {
    const character = text[at] ?? '';
    if (inFormat && text.startsWith(quote, at)) return undefined;
    if (character === '}' && depth === 0) return at + 1;
    if (!inFormat && (character === '"' || character === "'")) {
      const quotes = text.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      const prefix = /[rbuft]{0,2}$/i.exec(text.slice(Math.max(start, at - 2), at))?.[0] ?? '';
      const inner = readPythonString(text, at - prefix.length, prefix + quotes);
      if (inner === undefined) return undefined;
      at = inner.end;
      continue;
    }
    if (inFormat && character === '{') {
      const end = endOfField(text, at + 1, quote);
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    if (!inFormat && '([{'.includes(character)) depth++;
    if (!inFormat && ')]}'.includes(character)) depth--;
    if (!inFormat && character === ':' && depth === 0) inFormat = true;
    at++;
  }
  return undefined;
}

/** Python reads every line end as \n, also in strings. */
function unixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapes = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([xuUN])|([\s\S]))/g;

/** Python's escapes; undefined where one isn't known here: a character's name, or a number that is no character. */
function unescapeString(body: string): string | undefined {
  let unknown = false;
  const value = body.replace(escapes, (whole: string, x?: string, u?: string, long?: string, octal?: string, refused?: string, other?: string) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const digits = x ?? u ?? long;
    const point = digits === undefined ? undefined : Number.parseInt(digits, 16);
    if (refused !== undefined || (point !== undefined && !isCharacter(point))) {
      unknown = true;
      return '';
    }
    // What is no escape stays as it was written, with its backslash.
    return point === undefined ? (simple[other ?? ''] ?? whole) : String.fromCodePoint(point);
  });
  return unknown ? undefined : value;
}

function isCharacter(point: number): boolean {
  return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
}
