import { hideSecrets } from '../../compare/hide-secrets.ts';
import { type SchemaObject, set } from '../../compare/schema-object.ts';
import { StatementReader } from '../statement-reader.ts';
import type { EntryReading } from './entry-reading.ts';

/**
 * Any statement that has no handler of its own: the entry's first one is the object's definition, each further one a property.
 * The object is named by pg_dump's label; without one, by the statement's own words.
 */
export function readOther(text: string, reading: EntryReading): readonly SchemaObject[] {
  const makes = reading.entry.label === undefined && text.startsWith('CREATE ');
  const current = (makes ? undefined : reading.current) ?? objectOf(text, reading);
  const owner = /^ALTER [\s\S]* OWNER TO (.*)$/.exec(text)?.[1];
  if (owner !== undefined) set(current, 'owner', owner);
  else if (!current.properties.has('definition') && text.startsWith('CREATE ')) set(current, 'definition', hideSecrets(current.kind, text));
  else set(current, `statement ${hideSecrets(current.kind, text).replace(/\s+/g, ' ')}`, 'present');
  return [current];
}

function objectOf(text: string, reading: EntryReading): SchemaObject {
  const label = reading.entry.label;
  if (label !== undefined && label.type !== 'COMMENT' && label.type !== 'ACL') {
    const kind = label.type === 'PROCEDURAL LANGUAGE' ? 'language' : label.type.toLowerCase();
    const name = label.schema === undefined ? label.name : `${label.schema}.${label.name}`;
    const object = reading.objects.object(kind, name);
    reading.objects.alias(kind, name, object);
    return object;
  }
  const reader = new StatementReader(text);
  reader.next();
  reader.accept('OR', 'REPLACE');
  const words: string[] = [];
  // CREATE TEXT SEARCH CONFIGURATION public.c: capitals are the kind, the rest is the name.
  for (let word = reader.peekWord(); word !== undefined && word !== 'IF' && reader.peekRest().startsWith(word); word = reader.peekWord())
    words.push(reader.next() ?? '');
  reader.accept('IF', 'NOT', 'EXISTS');
  return reading.objects.object(words.join(' ').toLowerCase() || 'statement', reader.qualifiedName() ?? text.replace(/\s+/g, ' '));
}
