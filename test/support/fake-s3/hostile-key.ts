/** Keys as people and programs really make them: each breaks some way to write a list, a path, a header or an order. `#` stands for a number. */
const shapes = [
  'line\nbreak #',
  'tab\tand return\r#',
  '../up/#',
  './#/../#',
  '/leading/#',
  '//double//#',
  'folder #/',
  'plus+#',
  'percent%2F#',
  'percent%#',
  'space at its end # ',
  'quotes"\'`#',
  'a,b;c=#',
  '<tag>&amp;#',
  'question?x=#&y',
  'hash##',
  'back\\slash\\#',
  'control\u0001#',
  'ü/日本/#',
  'combining u\u0308 #',
  'elephant 🐘 #',
  'ligature ﬁ #',
  'private \u{e000} #',
  '$[jndi:#]',
  '{"json": #}',
  '*(glob)[#]!',
] as const;

/**
 * The n-th hostile key. Every tenth is as long as S3 allows, 1,024 bytes.
 *
 * @example hostileKey(7) // 'plus+7'
 */
export function hostileKey(at: number): string {
  const key = (shapes[at % shapes.length] ?? '').replaceAll('#', String(at));
  return at % 10 === 9 ? key + 'x'.repeat(1024 - Buffer.byteLength(key)) : key;
}
