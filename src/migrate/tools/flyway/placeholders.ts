/**
 * Puts values in place of `${name}`, as Flyway does: names without regard to capitals, anywhere in the text, comments and constants too.
 *
 * @returns the names that have no value, each with the 1-based line of its first use: Flyway stops at them
 */
export function replacePlaceholders(
  text: string,
  values: ReadonlyMap<string, string>,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): { readonly text: string; readonly unknown: readonly { readonly name: string; readonly line: number }[] } {
  const unknown = new Map<string, number>();
  const literally = (one: string) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const replaced = text.replace(new RegExp(`${literally(prefix)}(.*?)${literally(suffix)}`, 'g'), (whole, name: string, at: number) => {
    const value = values.get(name.toLowerCase());
    if (value === undefined && !unknown.has(name)) unknown.set(name, text.slice(0, at).split('\n').length);
    return value ?? whole;
  });
  return { text: replaced, unknown: [...unknown].map(([name, line]) => ({ name, line })) };
}
