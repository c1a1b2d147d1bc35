/**
 * Takes out the `\restrict` and `\unrestrict` lines that pg_dump writes around a dump. The first `\restrict` line stands before any object, so it
 * is the real one; its key is random, so no function's body can hold the line that ends it.
 */
export function stripRestrict(dump: string): string {
  const begin = /^\\restrict (\S+)\r?\n/m.exec(dump);
  const key = begin?.[1];
  if (begin === null || key === undefined || !isDumpHead(dump.slice(0, begin.index))) return dump;
  const from = begin.index + begin[0].length;
  const end = dump.lastIndexOf(`\n\\unrestrict ${key}`);
  // Put together once: a dump of thousands of tables has megabytes.
  if (end < from - 1) return dump.slice(0, begin.index) + dump.slice(from);
  return dump.slice(0, begin.index) + dump.slice(from, end + 1) + dump.slice(dump.indexOf('\n', end + 1) + 1 || dump.length);
}

/** Comments, blank lines and settings: what stands before the first object. */
export function isDumpHead(text: string): boolean {
  return text.split('\n').every((line) => line.trim() === '' || line.startsWith('--') || line.startsWith('SET '));
}
