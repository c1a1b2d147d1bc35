import type { Session } from '../../core/ports.ts';
import type { SourceFacts } from '../../core/source-facts.ts';

/** By which version of its libraries does this server sort? */
const versionsQuery = `
  select w.name, coalesce(
           (select pg_catalog.pg_collation_actual_version(c.oid)
              from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
             where pg_catalog.format('%I.%I', n.nspname, c.collname) = w.name
               and (c.collencoding = -1 or c.collencoding = (select d.encoding from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))),
           case when w.name = 'default' then $2::text end) as "version"
    from pg_catalog.unnest($1::text[]) with ordinality as w(name, place)
   order by w.place`;

interface Sorted {
  readonly name: string;
  readonly version: string | null;
}

/** The collations that production uses and that sort by another version on this server. */
async function sortedOtherwise(session: Session, { collationVersions = {} }: Pick<SourceFacts, 'collationVersions'>): Promise<readonly Sorted[]> {
  const names = Object.keys(collationVersions);
  if (names.length === 0) return [];
  const [own] =
    session.serverVersionNum >= 150_000
      ? await session.query<{ version: string | null }>(
          'select pg_catalog.pg_database_collation_actual_version(d.oid) as version from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()',
        )
      : [];
  const rows = await session.query<Sorted>(versionsQuery, [names, own?.version ?? null]);
  return rows.filter(({ name, version }) => version !== collationVersions[name]);
}

/** Says which collations sort by another version of their library than in production: text may come in another order there. Throws SqlError. */
export async function collationNotes(session: Session, facts: Pick<SourceFacts, 'collationVersions' | 'locale'>): Promise<readonly string[]> {
  return (await sortedOtherwise(session, facts)).map(({ name, version }) => {
    const what = name === 'default' ? `the database's own collation (${facts.locale.providerLocale ?? facts.locale.collate})` : `collation ${name}`;
    return `${what} sorts by version ${facts.collationVersions?.[name]} in production and by ${version ?? 'none'} in the copy: text may come in another order`;
  });
}

/**
 * Names of the collations by which this database may sort otherwise than production does: `default` is the database's own. Where the source couldn't tell a
 * version, the name has to be the same. Throws SqlError.
 */
export async function differentCollations(session: Session, facts: Pick<SourceFacts, 'collationVersions' | 'locale'>): Promise<readonly string[]> {
  const names = (await sortedOtherwise(session, facts)).map(({ name }) => name);
  const [own] = await session.query<{ collate: string }>(
    'select d.datcollate as "collate" from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()',
  );
  return own?.collate === facts.locale.collate || names.includes('default') ? names : ['default', ...names];
}
