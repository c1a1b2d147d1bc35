import { branches, isOptional, literals, type Schema, shapeOf, unwrap } from './schema-shapes.ts';

/** What a schema accepts, in words: of an object its required keys, or all where none is required. */
export function expectedOf(schema: Schema): string {
  return orList(branches(schema).flatMap(expectedOfBranch));
}

function expectedOfBranch(branch: Schema): string[] {
  const shape = shapeOf(branch);
  if (shape !== undefined) {
    const required = Object.keys(shape).filter((name) => !isOptional(shape[name]));
    const shown = (name: string) => {
      const [word, ...others] = literals(shape[name]);
      return word === undefined ? name : `${name}: ${JSON.stringify(word)}${others.length > 0 ? ' or another' : ''}`;
    };
    return [`an object with ${required.length > 0 ? list(required.map(shown), 'and') : orList(Object.keys(shape))}`];
  }
  const words = literals(branch);
  if (words.length > 0) return words.map((word) => JSON.stringify(word));
  const def = unwrap(branch)._zod.def;
  return [kindOf('format' in def && def.format === 'safeint' ? 'int' : def.type)];
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
/** A JSON type in plain words. */
export const kindOf = (type: string) => kinds[type] ?? type;
/** @example oneOf(['a', 'b']) // '"a" or "b"' */
export const oneOf = (words: readonly string[]) => (words.length === 1 ? JSON.stringify(words[0]) : orList(words.map((word) => JSON.stringify(word))));

function orList(words: readonly string[]): string {
  return list(words, 'or');
}

function list(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
