/**
 * Some names, of which not all fit into a sentence.
 *
 * @example showNames(['public.a', 'public.b', 'public.c', 'public.d']) // 'public.a, public.b and 2 more'
 */
export function showNames(names: readonly string[]): string {
  if (names.length <= 3) return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
