import { set } from '../../compare/schema-object.ts';
import { StatementReader, splitList } from '../statement-reader.ts';
import type { StatementHandler } from './entry-reading.ts';
import { splitClauses } from './split-clauses.ts';

/** CREATE TYPE: enums by their labels, composites by their attributes, others as they stand. */
export const readCreateType: StatementHandler = (reader, reading) => {
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const type = reading.objects.object('type', name, name);
  reading.objects.alias('type', name, type);
  if (reader.accept('AS', 'ENUM')) set(type, 'labels', splitList(reader.group() ?? '').join(', '));
  else if (reader.peekRest().startsWith('AS (')) {
    reader.accept('AS');
    const names: string[] = [];
    for (const attribute of splitList(reader.group() ?? '')) {
      const part = new StatementReader(attribute);
      const attributeName = part.name() ?? attribute;
      names.push(attributeName);
      set(type, `attribute ${attributeName}`, part.rest());
    }
    set(type, 'attribute order', names.join(', '));
  } else if (!reader.done) set(type, 'definition', reader.rest());
  return [type];
};

/** CREATE DOMAIN name AS type …, its constraints as properties. */
export const readCreateDomain: StatementHandler = (reader, reading) => {
  const name = reader.qualifiedName();
  if (name === undefined || !reader.accept('AS')) return undefined;
  const domain = reading.objects.object('domain', name, name);
  reading.objects.alias('type', name, domain);
  set(domain, 'not null', 'no');
  for (const { start, text } of splitClauses(reader.rest(), ['COLLATE', 'DEFAULT', 'NOT NULL', 'CONSTRAINT'])) {
    if (start === 'CONSTRAINT') {
      const constraint = new StatementReader(text);
      set(domain, `constraint ${constraint.name() ?? ''}`, constraint.rest());
    } else if (start === 'NOT NULL') set(domain, 'not null', 'yes');
    else if (start !== '' || text !== '') set(domain, start === '' ? 'type' : start.toLowerCase(), text);
  }
  return [domain];
};

/** ALTER DOMAIN name ADD CONSTRAINT …: how pg_dump writes constraints that aren't validated. */
export const readAlterDomain: StatementHandler = (reader, reading) => {
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const domain = reading.objects.target('type', name);
  if (reader.accept('OWNER', 'TO')) set(domain, 'owner', reader.rest());
  else if (reader.accept('ADD', 'CONSTRAINT')) set(domain, `constraint ${reader.name() ?? ''}`, reader.rest());
  else return undefined;
  return [domain.object];
};
