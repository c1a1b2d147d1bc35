import { StatementReader } from '../../text/statement-reader.ts';

/** `x on public.t` as its two names, as SQL; undefined where it is of another form. */
export function splitOn(name: string): { readonly own: string; readonly table: string } | undefined {
  const reader = new StatementReader(name);
  const own = reader.name();
  if (own === undefined || !reader.accept('ON')) return undefined;
  const table = reader.qualifiedName();
  return table === undefined ? undefined : { own, table };
}

/** `public.t.a` as relation and column; `public.i` as schema and name. */
export function splitLast(name: string): { readonly before: string; readonly last: string } {
  const parts = new StatementReader(name).nameParts() ?? [name];
  return { before: parts.slice(0, -1).join('.'), last: parts.at(-1) ?? name };
}
