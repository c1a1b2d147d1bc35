import { add } from '../../compare/schema-object.ts';
import { StatementReader, splitList } from '../statement-reader.ts';
import type { StatementHandler } from './entry-reading.ts';
import { findTarget } from './find-target.ts';
import { columnOf } from './read-column.ts';

/** GRANT and REVOKE: a set of lines on the object, so that their order makes no difference. REVOKE only takes away what is granted by default. */
export const readGrant: StatementHandler = (reader, reading) => {
  const verb = reader.next()?.toUpperCase() ?? '';
  const privileges = reader.until('ON');
  if (!reader.accept('ON')) return undefined;
  const target = findTarget(reader, reading.objects, ['TO', 'FROM']);
  const line = (what: string) => `${verb} ${what} ${reader.peekRest()}${reading.grantor === undefined ? '' : ` BY ${reading.grantor}`}`;
  const columns = splitList(privileges).map((privilege) => /^(.*?)\s*\((.*)\)$/s.exec(privilege));
  if (columns.every((match) => match !== null)) {
    // GRANT SELECT(a), UPDATE(a): rights on columns, each on its own.
    for (const [, what = '', list = ''] of columns) {
      for (const name of splitList(list)) {
        add(columnOf(reading.objects, target.object.name, new StatementReader(name).name() ?? name), 'privileges', line(what));
      }
    }
  } else add(target, 'privileges', line(privileges));
  return [target.object];
};

/** ALTER DEFAULT PRIVILEGES FOR ROLE r [IN SCHEMA s] GRANT … ON kind TO role. */
export const readDefaultPrivileges: StatementHandler = (reader, reading) => {
  const scope = reader.until('GRANT', 'REVOKE');
  const text = reader.rest().replace(/\s+/g, ' ');
  const kind = / ON ([A-Z ]+?) (?:TO|FROM) /.exec(text)?.[1] ?? '';
  const object = reading.objects.object(
    'default privileges',
    `${scope.replace(/^FOR ROLE/, 'for role').replace('IN SCHEMA', 'in schema')} on ${kind.toLowerCase()}`,
  );
  add(object, 'privileges', text);
  return [object];
};
