import type { Path } from './json-places.ts';

/** @example showPath(['data', 'invariants', 0, 'sql']) // 'data.invariants[0].sql' */
export function showPath(path: Path): string {
  if (path.length === 0) return 'the configuration';
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}
