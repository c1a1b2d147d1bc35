/** Whether a dotted version is at least another one; one that can't be read isn't. */
export function isAtLeast(version: string, least: string): boolean {
  const found = numbers(version);
  const wanted = numbers(least);
  if (found === undefined || wanted === undefined) return false;
  for (let index = 0; index < Math.max(found.length, wanted.length); index++) {
    const difference = (found[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): readonly number[] | undefined {
  return /^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined;
}
