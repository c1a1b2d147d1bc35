import type { Session } from '../../../core/ports.ts';
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../../sql/quote.ts';
import { showColumnPath } from '../column-path.ts';
import type { ColumnCatalog, MaskableColumn } from '../read-columns.ts';
import type { Suspicion } from './looks-personal.ts';
import { personalWords } from './words.ts';

const rowsLookedAt = 1000;
/** Of a long text only the beginning is looked at. */
const charactersLookedAt = 1000;
/** One in twenty: a stray address in free text is not what a column is about. */
const suspiciousShare = 0.05;

/** What values look like, as regular expressions of Postgres. */
const shapes = [
  { what: 'an e-mail address', pattern: '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}' },
  { what: 'an internet address', pattern: '^\\d{1,3}(\\.\\d{1,3}){3}$' },
  { what: 'a bank account', pattern: '^[A-Z]{2}\\d{2} ?([A-Z0-9] ?){11,30}$' },
  { what: 'a phone number', pattern: '^(\\+|00)[1-9][0-9 ()/.-]{6,18}$' },
  { what: 'a payment card', pattern: '^[3-6]\\d{3}([ -]?\\d{4}){3}$' },
  { what: 'a secret', pattern: '^(eyJ[A-Za-z0-9_-]{10,}\\.|sk_live_|ghp_|github_pat_|xox[abp]-|AKIA[0-9A-Z]{16}|\\$2[aby]\\$|\\$argon2|-----BEGIN )' },
] as const;

/**
 * Lets the source look at some rows of each table and count the values that look personal. Only counts leave it. One query a table, over its
 * first rows in storage order. Throws SqlError.
 */
export async function sampleValues(session: Session, { columns }: ColumnCatalog): Promise<ReadonlyMap<string, Suspicion>> {
  const suspects = new Map<string, Suspicion>();
  const tables = Map.groupBy(columns.filter(isReadable), ({ schema, table }) => qualifiedName(schema, table));
  for (const [name, own] of tables) {
    const counted = await session.query<{ column: number; shape: number; share: number }>(sampleQuery(name, own));
    for (const { column: at, shape, share } of counted) {
      const [column, seen] = [own[at], shapes[shape]];
      if (column === undefined || seen === undefined || share < suspiciousShare || suspects.has(showColumnPath(column))) continue;
      const sort = personalWords.find(({ what }) => what === seen.what);
      suspects.set(showColumnPath(column), {
        why: `${Math.round(share * 100)} % of the values looked at hold ${seen.what}`,
        ...(sort === undefined ? {} : { sort }),
      });
    }
  }
  return suspects;
}

function isReadable({ kind, generated }: MaskableColumn): boolean {
  return (
    !generated &&
    (kind.kind === 'text' || kind.kind === 'json' || kind.kind === 'array' || (kind.kind === 'other' && (kind.name === 'xml' || kind.name === 'hstore')))
  );
}

/** For each column and shape, which share of the values that aren't NULL has it; only where one has. */
function sampleQuery(name: string, columns: readonly MaskableColumn[]): string {
  const list = columns.map(({ column }, at) => `pg_catalog.left(${quoteIdentifier(column)}::pg_catalog.text, ${charactersLookedAt}) as c${at}`);
  const pairs = columns.map((_, at) => `(${at}, r.c${at})`);
  const patterns = shapes.map(({ pattern }, at) => `(${at}, ${quoteLiteral(pattern)})`);
  return `
    select v.at as "column", s.shape as "shape", (pg_catalog.count(*) filter (where v.value ~ s.pattern))::float8 / pg_catalog.count(*) as "share"
      from (select ${list.join(', ')} from ${name} limit ${rowsLookedAt}) r,
           lateral (values ${pairs.join(', ')}) v(at, value),
           (values ${patterns.join(', ')}) s(shape, pattern)
     where v.value is not null
     group by v.at, s.shape
    having pg_catalog.count(*) filter (where v.value ~ s.pattern) > 0
     order by v.at, s.shape`;
}
