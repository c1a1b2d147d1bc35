import { hideSecrets } from '../../compare/hide-secrets.ts';
import { type SchemaObject, set } from '../../compare/schema-object.ts';
import type { EntryReading } from './entry-reading.ts';
import { otherName } from './other-name.ts';
import { readOptions } from './read-options.ts';

/**
 * Any statement that has no handler of its own: the entry's first one is the object's definition, each further one a property.
 * The object is named by the statement's own words; where it makes nothing, by pg_dump's label.
 */
export function readOther(text: string, reading: EntryReading): readonly SchemaObject[] {
  const makes = reading.entry.label === undefined && text.startsWith('CREATE ');
  const current = (makes ? undefined : reading.current) ?? objectOf(text, reading);
  const owner = /^ALTER [\s\S]* OWNER TO (.*)$/.exec(text)?.[1];
  const mapping = /^ALTER TEXT SEARCH CONFIGURATION .*\s+ADD MAPPING FOR (\S+)\s+WITH ([\s\S]*)$/.exec(text);
  if (owner !== undefined) set(current, 'owner', owner);
  else if (mapping !== null) set(current, `mapping for ${mapping[1]}`, (mapping[2] ?? '').replace(/\s+/g, ' '));
  else if (!current.properties.has('definition') && text.startsWith('CREATE ')) setDefinition(current, hideSecrets(current.kind, text));
  else set(current, `statement ${hideSecrets(current.kind, text).replace(/\s+/g, ' ')}`, 'present');
  return [current];
}

/** What has options of its own shows each as a property, and a subscription shows by itself where it connects to. */
function setDefinition(object: SchemaObject, text: string): void {
  const options = withOptions.has(object.kind) ? /^([\s\S]*?)\s*OPTIONS \(([\s\S]*)\)$/.exec(text) : null;
  const connection = object.kind === 'subscription' ? /^(CREATE SUBSCRIPTION .*?)CONNECTION ('hidden [0-9a-f]+') ([\s\S]*)$/.exec(text) : null;
  if (options !== null) readOptions(object, 'option', options[2] ?? '');
  if (connection !== null) set(object, 'connection', connection[2] ?? '');
  set(object, 'definition', connection !== null ? `${connection[1]}${connection[3]}` : (options?.[1] ?? text));
}

const withOptions = new Set(['server', 'foreign data wrapper', 'user mapping']);

function objectOf(text: string, reading: EntryReading): SchemaObject {
  const made = otherName(text);
  if (made !== undefined) return named(made.kind, made.name, reading);
  const label = reading.entry.label;
  if (label !== undefined && label.type !== 'COMMENT' && label.type !== 'ACL') {
    const kind = label.type === 'PROCEDURAL LANGUAGE' ? 'language' : label.type.toLowerCase();
    return named(kind, label.schema === undefined ? label.name : `${label.schema}.${label.name}`, reading);
  }
  return reading.objects.object('statement', text.replace(/\s+/g, ' '));
}

function named(kind: string, name: string, reading: EntryReading): SchemaObject {
  const object = reading.objects.object(kind, name);
  reading.objects.alias(kind, name, object);
  return object;
}
