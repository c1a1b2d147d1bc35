/**
 * What stands at a path of JSON; undefined where there is nothing. Names are separated by dots, places of lists stand in brackets; a leading `$` may be there.
 *
 * @example jsonValue({ items: [{ state: 'done' }] }, 'items[0].state') // 'done'
 */
export function jsonValue(value: unknown, path: string): unknown {
  const parts = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((part) => part !== '');
  return parts.reduce<unknown>((inner, part) => {
    if (Array.isArray(inner)) return part === 'length' ? inner.length : inner[Number(part)];
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part) ? (inner as Record<string, unknown>)[part] : undefined;
  }, value);
}

/** A value as a person would write it: text without quotes. */
export function showJson(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}
