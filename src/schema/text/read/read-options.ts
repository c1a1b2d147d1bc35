import { type SchemaObject, set, type Target } from '../../compare/schema-object.ts';
import { StatementReader, splitList } from '../statement-reader.ts';

/**
 * Reads `a='1', b=2` or `a '1', b '2'` into one property each, so that the order of options makes no difference and one changed option is named.
 *
 * @param kind what they are called: `parameter` (WITH), `option` (OPTIONS)
 */
export function readOptions(target: Target | SchemaObject, kind: 'parameter' | 'option', list: string): void {
  for (const item of splitList(list)) {
    const reader = new StatementReader(item);
    const name = reader.qualifiedName() ?? item;
    const value = reader.rest().replace(/^=\s*/, '');
    // `true` and `'true'` are the same; pg_dump quotes or not depending on its version.
    set(target, `${kind} ${name}`, /^'[\w.]*'$/.test(value) ? value.slice(1, -1) : value);
  }
}
