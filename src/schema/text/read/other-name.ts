import { StatementReader } from '../statement-reader.ts';

/** Kinds whose names are more than one qualified name. */
const longNames: readonly (readonly [kind: string, form: RegExp, name: (match: RegExpExecArray) => string])[] = [
  ['cast', /^CREATE CAST (\([\s\S]* AS [\s\S]*?\)) WITH(OUT)? /, ([, types = '']) => types],
  ['transform', /^CREATE TRANSFORM (FOR [\s\S]*? LANGUAGE \S+) \(/, ([, name = '']) => name],
  ['user mapping', /^CREATE USER MAPPING (FOR [\s\S]*? SERVER ("(?:[^"]|"")*"|\S+))/, ([, name = '']) => name],
  ['operator class', /^CREATE OPERATOR CLASS (\S+|\S*"[^"]*")\s[\s\S]*? USING (\S+) (?:FAMILY|AS)/, ([, name = '', method = '']) => `${name} USING ${method}`],
  ['operator family', /^CREATE OPERATOR FAMILY (.+ USING \S+)$/, ([, name = '']) => name],
  [
    'operator',
    /^CREATE OPERATOR (\S+) \(([\s\S]*)\)$/,
    ([, name = '', clauses = '']) => `${name} (${operand(clauses, 'LEFTARG')}, ${operand(clauses, 'RIGHTARG')})`,
  ],
];

/**
 * What a statement makes of a kind without a handler of its own: named as COMMENT ON names it, so that two operators for other types, or two classes for other
 * access methods, are two objects. Undefined when it makes nothing.
 *
 * @example otherName('CREATE CAST (text AS public.mood) WITH INOUT') // { kind: 'cast', name: '(text AS public.mood)' }
 */
export function otherName(text: string): { readonly kind: string; readonly name: string } | undefined {
  for (const [kind, form, name] of longNames) {
    const match = form.exec(text);
    if (match !== null) return { kind, name: name(match) };
  }
  const reader = new StatementReader(text);
  if (!reader.accept('CREATE')) return undefined;
  reader.accept('OR', 'REPLACE');
  const words: string[] = [];
  // CREATE TEXT SEARCH CONFIGURATION public.c: capitals are the kind, the rest is the name.
  for (let word = reader.peekWord(); word !== undefined && word !== 'IF' && reader.peekRest().startsWith(word); word = reader.peekWord()) {
    const next = reader.next() ?? '';
    if (next !== 'DEFAULT' && next !== 'TRUSTED' && next !== 'PROCEDURAL') words.push(next);
  }
  reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.qualifiedName();
  return name === undefined || words.length === 0 ? undefined : { kind: words.join(' ').toLowerCase(), name };
}

/** `LEFTARG = integer`; NONE where it is missing. */
function operand(clauses: string, side: string): string {
  return new RegExp(`^\\s*${side} = (.*?),?$`, 'm').exec(clauses)?.[1] ?? 'NONE';
}
