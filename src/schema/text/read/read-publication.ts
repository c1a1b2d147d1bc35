import { set } from '../../compare/schema-object.ts';
import type { StatementHandler } from './entry-reading.ts';

/** ALTER PUBLICATION name ADD TABLE ONLY table [(columns)] [WHERE (…)] | ADD TABLES IN SCHEMA name | OWNER TO role. */
export const readAlterPublication: StatementHandler = (reader, reading) => {
  const name = reader.name();
  if (name === undefined) return undefined;
  const publication = reading.objects.object('publication', name);
  if (reader.accept('OWNER', 'TO')) set(publication, 'owner', reader.rest());
  else if (reader.accept('ADD', 'TABLES', 'IN', 'SCHEMA')) set(publication, `schema ${reader.name()}`, 'published');
  else if (reader.accept('ADD', 'TABLE')) {
    reader.accept('ONLY');
    set(publication, `table ${reader.qualifiedName()}`, reader.rest() || 'published');
  } else return undefined;
  return [publication];
};
