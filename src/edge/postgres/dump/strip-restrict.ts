/**
 * Takes out the `\restrict` and `\unrestrict` lines that pg_dump writes around a dump. The first `\restrict` line stands before any object, so it
 * is the real one; its key is random, so no function's body can hold the line that ends it.
 */
export function stripRestrict(dump: string): string {
  const begin = /^\\restrict (\S+)\r?\n/m.exec(dump);
  const key = begin?.[1];
  if (begin === null || key === undefined || hasStatement(dump.slice(0, begin.index))) return dump;
  const without = dump.slice(0, begin.index) + dump.slice(begin.index + begin[0].length);
  const end = without.lastIndexOf(`\n\\unrestrict ${key}`);
  return end < 0 ? without : without.slice(0, end + 1) + without.slice(without.indexOf('\n', end + 1) + 1 || without.length);
}

/** Only comments and blank lines stand before the real one. */
function hasStatement(text: string): boolean {
  return text.split('\n').some((line) => line.trim() !== '' && !line.startsWith('--'));
}
