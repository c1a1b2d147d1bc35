/** Where a member stands in a JSON text. Lines and columns are 1-based; a column counts UTF-16 units, as editors do. */
export interface JsonPlace {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** What a JSON text holds, and where. */
export interface PlacedJson {
  readonly value: unknown;
  /** The place of a member: of its key in an object, of the element in an array; of the nearest parent where the path doesn't exist. */
  placeOf(path: Path): JsonPlace;
}

/** A JSON text that can't be read, and where. `message` quotes nothing of the text, which may hold secrets. */
export class JsonError extends Error {
  readonly place: JsonPlace;
  constructor(message: string, place: JsonPlace) {
    super(message);
    this.name = 'JsonError';
    this.place = place;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a string
const stringToken = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const literalToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Reads strict JSON, and tells where a member stands. The same key twice in an object is an error, since one of the two would be ignored silently.
 *
 * @throws JsonError
 */
export function parseJsonWithPlaces(text: string): PlacedJson {
  const start = startOf(text);
  scan(text);
  let offsets: ReadonlyMap<string, number> | undefined;
  return {
    value: JSON.parse(text.slice(start)) as unknown,
    placeOf(path) {
      // Only mistakes are asked for their places: a file of thousands of members without one isn't listed.
      offsets ??= offsetsIn(text);
      for (let length = path.length; length > 0; length--) {
        const offset = offsets.get(key(path.slice(0, length)));
        if (offset !== undefined) return placeAt(text, offset);
      }
      return placeAt(text, offsets.get(key([])) ?? 0);
    },
  };
}

function startOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

function offsetsIn(text: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  // A member's key comes before its value.
  scan(text, (path, offset) => {
    if (!offsets.has(key(path))) offsets.set(key(path), offset);
  });
  return offsets;
}

/**
 * Goes through all of a JSON text.
 *
 * @param note told of each key and each value where it begins
 * @throws JsonError
 */
function scan(text: string, note?: (path: Path, offset: number) => void): void {
  let at = startOf(text);

  const skipSpace = () => {
    while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  };
  const stop = (message: string, offset = at): never => {
    throw new JsonError(message, placeAt(text, offset));
  };
  const token = (pattern: RegExp, expected: string): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined || found === '') return stop(at >= text.length ? 'the file ends too early' : `expected ${expected}`);
    at += found.length;
    return found;
  };
  const items = (close: string, item: () => void) => {
    at++;
    skipSpace();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      skipSpace();
      if (text[at] === close) {
        at++;
        return;
      }
      if (text[at] !== ',') stop(at >= text.length ? 'the file ends too early' : `expected "," or "${close}"`);
      const comma = at++;
      skipSpace();
      if (text[at] === close) stop('JSON allows no comma after the last item', comma);
    }
  };
  const below = (path: Path, part: string | number): Path => (note === undefined ? path : [...path, part]);
  const value = (path: Path): void => {
    skipSpace();
    note?.(path, at);
    if (text[at] === '{') {
      const seen = new Set<string>();
      items('}', () => {
        const offset = at;
        const name = JSON.parse(token(stringToken, 'a key in double quotes')) as string;
        if (seen.has(name)) stop(`the key "${name}" stands here twice`, offset);
        seen.add(name);
        const member = below(path, name);
        note?.(member, offset);
        skipSpace();
        if (text[at] !== ':') stop('expected ":"');
        at++;
        value(member);
      });
    } else if (text[at] === '[') {
      let index = 0;
      items(']', () => {
        skipSpace();
        value(below(path, index++));
      });
    } else if (text[at] === '"') token(stringToken, 'a complete string in double quotes');
    else token(literalToken, text.startsWith('//', at) || text.startsWith('/*', at) ? 'a value: JSON has no comments' : 'a value');
  };

  value([]);
  skipSpace();
  if (at < text.length) stop('expected the end of the file');
}

const key = (path: Path) => JSON.stringify(path);

function placeAt(text: string, offset: number): JsonPlace {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}
