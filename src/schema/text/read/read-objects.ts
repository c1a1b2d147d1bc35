import { hideSecrets } from '../../compare/hide-secrets.ts';
import { ObjectSet, type SchemaObject } from '../../compare/schema-object.ts';
import { cutDump, type DumpEntry } from '../cut-dump.ts';
import { StatementReader } from '../statement-reader.ts';
import type { EntryReading, StatementHandler } from './entry-reading.ts';
import { dropInheritedNames } from './inherited-names.ts';
import { readAlterTable } from './read-alter-table.ts';
import { readComment, readSecurityLabel } from './read-comment.ts';
import { readDefaultPrivileges, readGrant } from './read-grant.ts';
import { readAlterIndex, readCreateIndex } from './read-index.ts';
import { readOther } from './read-other.ts';
import { readCreatePolicy } from './read-policy.ts';
import { readAlterPublication } from './read-publication.ts';
import { readCreateRoutine } from './read-routine.ts';
import { readAlterSequence, readCreateSequence } from './read-sequence.ts';
import { readCreateTable } from './read-table.ts';
import { readAlterEventTrigger, readCreateEventTrigger, readCreateRule, readCreateTrigger } from './read-trigger.ts';
import { readAlterDomain, readCreateDomain, readCreateType } from './read-type.ts';
import { readCreateView } from './read-view.ts';

/** Which handler reads a statement, by its first words (which it doesn't see again) and a form that they must have. */
const handlers: readonly (readonly [first: string, form: RegExp, handler: StatementHandler])[] = [
  ['CREATE', /^(UNLOGGED |FOREIGN )?TABLE /, readCreateTable],
  ['CREATE', /^(UNIQUE )?INDEX /, readCreateIndex],
  ['CREATE', /^(OR REPLACE )?(MATERIALIZED |RECURSIVE )?VIEW /, readCreateView],
  ['CREATE', /^(OR REPLACE )?(FUNCTION|PROCEDURE|AGGREGATE) /, readCreateRoutine],
  ['CREATE', /^(UNLOGGED )?SEQUENCE /, readCreateSequence],
  ['CREATE', /^(CONSTRAINT )?TRIGGER /, readCreateTrigger],
  ['CREATE', /^(OR REPLACE )?RULE /, readCreateRule],
  ['CREATE EVENT TRIGGER', /^/, readCreateEventTrigger],
  ['CREATE POLICY', /^/, readCreatePolicy],
  ['CREATE TYPE', /^/, readCreateType],
  ['CREATE DOMAIN', /^/, readCreateDomain],
  ['ALTER TABLE', /^/, readAlterTable],
  ['ALTER FOREIGN TABLE', /^/, readAlterTable],
  ['ALTER VIEW', /^/, readAlterTable],
  ['ALTER MATERIALIZED VIEW', /^/, readAlterTable],
  ['ALTER INDEX', /^/, readAlterIndex],
  ['ALTER SEQUENCE', /^/, readAlterSequence],
  ['ALTER DOMAIN', /^/, readAlterDomain],
  ['ALTER EVENT TRIGGER', /^/, readAlterEventTrigger],
  ['ALTER PUBLICATION', /^/, readAlterPublication],
  ['ALTER DEFAULT PRIVILEGES', /^/, readDefaultPrivileges],
  ['COMMENT ON', /^/, readComment],
  ['SECURITY LABEL FOR', /^/, readSecurityLabel],
];

/** Takes the text of `pg_dump -s` apart into objects and their properties. Every statement ends up in one of them. */
export function readObjects(text: string): ObjectSet {
  const objects = new ObjectSet();
  for (const entry of cutDump(text)) readEntry(entry, objects);
  dropInheritedNames(objects);
  return objects;
}

function readEntry(entry: DumpEntry, objects: ObjectSet): void {
  const reading: EntryReading = { entry, objects };
  for (const text of entry.statements) {
    const session = /^(?:SET SESSION AUTHORIZATION (.*)|RESET SESSION AUTHORIZATION)$/.exec(text);
    if (session !== null) {
      if (session[1] === undefined) delete reading.grantor;
      else reading.grantor = session[1];
      continue;
    }
    const touched = handle(text, reading);
    // Without headers an entry goes on over several objects: each CREATE starts another.
    const starts = reading.current === undefined || (entry.label === undefined && text.startsWith('CREATE '));
    if (starts && touched[0] !== undefined) reading.current = touched[0];
    for (const object of touched) object.statements.push(hideSecrets(object.kind, text));
  }
}

function handle(text: string, reading: EntryReading): readonly SchemaObject[] {
  if (/^(GRANT|REVOKE) /.test(text)) return readGrant(new StatementReader(text), reading) ?? readOther(text, reading);
  for (const [first, form, handler] of handlers) {
    if (!text.startsWith(`${first} `) || !form.test(text.slice(first.length + 1))) continue;
    const reader = new StatementReader(text);
    reader.accept(...first.split(' '));
    const touched = handler(reader, reading);
    if (touched !== undefined) return touched;
  }
  return readOther(text, reading);
}
