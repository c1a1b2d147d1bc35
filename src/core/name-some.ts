/**
 * As many names as fit into a sentence, and how many there are besides.
 *
 * @example nameSome(['a', 'b', 'c', 'd'], 3) // 'a, b, c and 1 more'
 */
export function nameSome(names: readonly string[], most: number): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
