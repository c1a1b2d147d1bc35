import { parseQualifiedName } from '../../../sql/quote.ts';
import { scan } from '../../../sql/scan.ts';
import { hideSetting } from '../../compare/hide-secrets.ts';
import { set } from '../../compare/schema-object.ts';
import { splitList } from '../statement-reader.ts';
import type { EntryReading, StatementHandler } from './entry-reading.ts';
import { splitClauses } from './split-clauses.ts';

/** CREATE FUNCTION, PROCEDURE or AGGREGATE name(arguments) … */
export const readCreateRoutine: StatementHandler = (reader, reading) => {
  reader.accept('OR', 'REPLACE');
  const kind = reader.next()?.toLowerCase() ?? '';
  const name = reader.qualifiedName();
  const list = reader.group();
  if (name === undefined || list === undefined) return undefined;
  const routine = reading.objects.object(kind, signatureOf(reading, name, list));
  reading.objects.alias('routine', `${name}(${identityArguments(list)})`, routine);
  set(routine, 'arguments', list);
  if (kind === 'aggregate') {
    set(routine, 'definition', reader.rest());
    return [routine];
  }
  const returns = reader.until('LANGUAGE', 'TRANSFORM', 'WINDOW');
  if (returns !== '') set(routine, 'returns', returns.replace(/^RETURNS\s+/i, ''));
  const attributes = reader.until('SET', 'AS', 'BEGIN', 'RETURN');
  set(routine, 'security', /\bSECURITY DEFINER\b/.test(attributes) ? 'definer' : 'invoker');
  set(routine, 'attributes', attributes.replace(/\s*\bSECURITY DEFINER\b/, '').replace(/\s+/g, ' '));
  for (const { start, text } of splitClauses(reader.until('AS', 'BEGIN', 'RETURN'), ['SET'])) {
    const [setting = '', ...value] = text.split(/ TO | = /);
    if (start === 'SET') set(routine, `setting ${setting.trim()}`, hideSetting(setting, value.join(' TO ').trim()));
  }
  set(routine, 'body', reader.accept('AS') ? unquoted(reader.rest()) : reader.rest());
  return [routine];
};

/** `public.f(integer)`: argument types come from pg_dump's label; without one, from the list of arguments. */
function signatureOf(reading: EntryReading, name: string, list: string): string {
  const label = reading.entry.label?.name ?? '';
  // The label quotes no names, and a name may hold parentheses of its own.
  const length = parseQualifiedName(name)?.name.length ?? 0;
  return name + (label[length] === '(' && label.endsWith(')') ? label.slice(length) : `(${identityArguments(list)})`);
}

/** Arguments as COMMENT and GRANT write them: without their defaults. */
function identityArguments(list: string): string {
  return splitList(list)
    .map((argument) => splitClauses(argument, ['DEFAULT'])[0]?.text ?? argument)
    .join(', ');
}

/** A body byte for byte; which tag quotes it makes no difference. */
function unquoted(text: string): string {
  const tokens = [...scan(text)];
  const only = tokens.length === 1 ? tokens[0] : undefined;
  if (only?.kind !== 'dollar-string') return text;
  const tag = text.indexOf('$', 1) + 1;
  return text.slice(tag, -tag);
}
