import { compareText, set } from '../../compare/schema-object.ts';
import { StatementReader, splitList } from '../statement-reader.ts';
import type { StatementHandler } from './entry-reading.ts';

/** CREATE [CONSTRAINT] TRIGGER name … ON table … */
export const readCreateTrigger: StatementHandler = (reader, reading) => {
  const constraint = reader.accept('CONSTRAINT');
  if (!reader.accept('TRIGGER')) return undefined;
  const name = reader.name();
  const events = reader.until('ON');
  if (name === undefined || !reader.accept('ON')) return undefined;
  const table = reader.qualifiedName();
  if (table === undefined) return undefined;
  const trigger = reading.objects.object('trigger', `${name} on ${table}`, table);
  set(trigger, 'definition', `${constraint ? 'CONSTRAINT TRIGGER ' : ''}${inOrderOfColumns(events)} ON ${table} ${reader.rest()}`);
  set(trigger, 'enabled', 'yes');
  return [trigger];
};

/** The columns of UPDATE OF are a set. */
function inOrderOfColumns(events: string): string {
  return events.replace(/(?<=UPDATE OF )(.*?)( OR TRUNCATE)?$/s, (_, columns: string, more = '') => splitList(columns).toSorted(compareText).join(', ') + more);
}

/** CREATE RULE name AS ON event TO table … */
export const readCreateRule: StatementHandler = (reader, reading) => {
  reader.accept('OR', 'REPLACE');
  if (!reader.accept('RULE')) return undefined;
  const name = reader.name();
  const definition = reader.peekRest();
  reader.until('TO');
  if (name === undefined || !reader.accept('TO')) return undefined;
  const table = reader.qualifiedName();
  if (table === undefined) return undefined;
  const rule = reading.objects.object('rule', `${name} on ${table}`, table);
  set(rule, 'definition', definition.trim());
  set(rule, 'enabled', 'yes');
  return [rule];
};

/** CREATE EVENT TRIGGER name … */
export const readCreateEventTrigger: StatementHandler = (reader, reading) => {
  const name = reader.name();
  if (name === undefined) return undefined;
  const trigger = reading.objects.object('event trigger', name);
  set(trigger, 'definition', reader.rest());
  set(trigger, 'enabled', 'yes');
  return [trigger];
};

/** ALTER EVENT TRIGGER name DISABLE | ENABLE [ALWAYS | REPLICA] | OWNER TO role. */
export const readAlterEventTrigger: StatementHandler = (reader, reading) => {
  const name = reader.name();
  if (name === undefined) return undefined;
  const trigger = reading.objects.object('event trigger', name);
  if (reader.accept('OWNER', 'TO')) set(trigger, 'owner', reader.rest());
  else {
    const how = new StatementReader(reader.rest());
    set(trigger, 'enabled', how.accept('DISABLE') ? 'no' : how.accept('ENABLE') ? how.rest().toLowerCase() || 'yes' : how.rest());
  }
  return [trigger];
};
