import { quoteLiteral } from '../../../sql/quote.ts';
import type { Change } from './change.ts';

/** `(fillfactor = 70)` of SET or RESET: the action that gives a WITH parameter its value or takes it away. */
export function parameterAction({ property, want }: Change): string {
  const name = (property ?? '').slice('parameter '.length);
  return want === undefined ? `RESET (${name})` : `SET (${name} = ${quoteLiteral(want)})`;
}

/** `OPTIONS (SET x '2')`: of foreign tables, their columns, servers and wrappers. */
export function optionAction({ property, have, want }: Change): string {
  const name = (property ?? '').slice('option '.length);
  const value = want === undefined ? '' : ` ${want.startsWith("'") ? want : quoteLiteral(want)}`;
  return `OPTIONS (${want === undefined ? 'DROP' : have === undefined ? 'ADD' : 'SET'} ${name}${value})`;
}
