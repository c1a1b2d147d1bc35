/** Bytes of the longest name. */
const longest = 63;

/**
 * The name that Postgres gives to something of a column, as makeObjectName in its source makes it: where it would be too long, the longer of both names loses
 * bytes at its end, and never half a character.
 *
 * @example defaultName('invoice', 'total', 'not_null') // invoice_total_not_null
 */
export function defaultName(table: string, column: string, label: string): string {
  const names = [Buffer.from(table), Buffer.from(column)] as const;
  const room = longest - label.length - 2;
  const kept = [names[0].length, names[1].length] as [number, number];
  while (kept[0] + kept[1] > room) kept[kept[0] > kept[1] ? 0 : 1]--;
  return [...names.map((name, at) => clip(name, kept[at] ?? 0)), label].join('_');
}

function clip(name: Buffer, bytes: number): string {
  let end = bytes;
  // A byte that goes on with a character is no place to cut.
  while (end < name.length && ((name[end] ?? 0) & 0xc0) === 0x80) end--;
  return name.subarray(0, end).toString();
}
