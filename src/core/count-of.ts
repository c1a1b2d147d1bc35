/** @example countOf(1, 'role') // '1 role' */
export function countOf(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 || count === 1n ? one : many}`;
}
