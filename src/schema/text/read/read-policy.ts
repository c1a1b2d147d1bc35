import { compareText, set } from '../../compare/schema-object.ts';
import { splitList } from '../statement-reader.ts';
import type { StatementHandler } from './entry-reading.ts';
import { splitClauses } from './split-clauses.ts';

/** CREATE POLICY name ON table [AS RESTRICTIVE] [FOR command] [TO roles] [USING (…)] [WITH CHECK (…)]. */
export const readCreatePolicy: StatementHandler = (reader, reading) => {
  const name = reader.name();
  if (name === undefined || !reader.accept('ON')) return undefined;
  const table = reader.qualifiedName();
  if (table === undefined) return undefined;
  const policy = reading.objects.object('policy', `${name} on ${table}`, table);
  set(policy, 'kind', 'permissive');
  set(policy, 'command', 'ALL');
  set(policy, 'roles', 'PUBLIC');
  for (const { start, text } of splitClauses(reader.rest(), ['AS', 'FOR', 'TO', 'USING', 'WITH CHECK'])) {
    if (start === 'AS') set(policy, 'kind', text.toLowerCase());
    else if (start === 'FOR') set(policy, 'command', text.toUpperCase());
    // The order in which roles were listed makes no difference.
    else if (start === 'TO') set(policy, 'roles', [...splitList(text)].sort(compareText).join(', '));
    else if (start === 'USING') set(policy, 'using', text);
    else if (start === 'WITH CHECK') set(policy, 'with check', text);
    else if (text !== '') set(policy, 'definition', text);
  }
  return [policy];
};
