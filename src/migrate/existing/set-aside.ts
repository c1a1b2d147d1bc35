import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import type { ExistingObject } from './find-existing.ts';

/** Where objects are put while a statement is tried; only ever in a transaction that is rolled back. */
const asideSchema = 'pgrehearse_aside';

/** Puts an object out of a statement's way, with its rows and all that depends on it. Throws SqlError. */
export async function setAside(session: Session, existing: ExistingObject, number: number): Promise<void> {
  const { name, schema, relation, relkind } = existing;
  const qualified = `${schema}.${relation}`;
  const part = quoteIdentifier(name.name);
  const other = `pgrehearse_aside_${number}`;
  await session.execute(`create schema if not exists ${asideSchema}`);
  switch (name.kind) {
    case 'relation':
      // An index lives where its table does.
      return await run(session, /[iI]/.test(relkind) ? `alter index ${qualified} rename to ${other}` : `alter table ${qualified} set schema ${asideSchema}`);
    case 'type':
      return await run(session, `alter ${relkind === 'd' ? 'domain' : 'type'} ${qualified} set schema ${asideSchema}`);
    case 'schema':
      return await run(session, `alter schema ${part} rename to ${other}`);
    case 'column':
      return await run(session, `alter table ${qualified} rename column ${part} to ${other}`);
    case 'constraint':
      return await run(session, `alter table ${qualified} rename constraint ${part} to ${other}`);
    case 'function': {
      const found = await session.query<{ name: string }>(
        `select p.oid::pg_catalog.regprocedure::text as name from pg_catalog.pg_proc p
          where p.pronamespace = $1::pg_catalog.regnamespace and p.proname = $2 and p.prokind <> 'a' order by 1`,
        [schema, name.name],
      );
      for (const one of found) await run(session, `alter routine ${one.name} set schema ${asideSchema}`);
      return;
    }
    default:
      return await run(session, `alter ${name.kind} ${part} on ${qualified} rename to ${other}`);
  }
}

async function run(session: Session, text: string): Promise<void> {
  await session.execute(text);
}
