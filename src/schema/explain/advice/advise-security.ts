import { StatementReader } from '../../text/statement-reader.ts';
import { type Advised, advised, type Change, type Step, unknown } from './change.ts';
import { splitLast } from './split-name.ts';

/** Words of GRANT … ON for kinds that aren't called so. */
const grantWords: Readonly<Record<string, string>> = {
  view: 'TABLE',
  'materialized view': 'TABLE',
  'foreign table': 'TABLE',
  aggregate: 'FUNCTION',
  domain: 'TYPE',
  server: 'FOREIGN SERVER',
};

/** Owners, rights, comments and labels, of whatever kind: told from pg_dump's own statements where it has one. Undefined for other properties. */
export function adviseSecurity(change: Change): Advised | undefined {
  const { property = '', want } = change;
  if (/(^| )owner$/.test(property)) return adviseOwner(change);
  if (/(^| )privileges$/.test(property)) return change.kind === 'default privileges' ? undefined : advisePrivileges(change);
  if (/(^| )comment$/.test(property)) return adviseComment(change, 'COMMENT ON');
  if (/(^| )security label /.test(property)) return adviseComment(change, 'SECURITY LABEL');
  if (property === 'row security') return table(change, want === undefined || want === 'disabled' ? 'DISABLE ROW LEVEL SECURITY' : 'ENABLE ROW LEVEL SECURITY');
  if (property === 'row security forced') return table(change, want === 'yes' ? 'FORCE ROW LEVEL SECURITY' : 'NO FORCE ROW LEVEL SECURITY');
  return undefined;
}

function table({ name }: Change, action: string): Advised {
  return advised({ stage: 'settings of columns', sql: `ALTER TABLE ${name} ${action}` });
}

function adviseOwner({ wantObject, haveObject, want }: Change): Advised {
  if (want === undefined) return unknown('The other side’s text names no owner.');
  const known = wantObject?.statements.find((sql) => sql.endsWith(` OWNER TO ${want}`));
  const other = haveObject?.statements.find((sql) => / OWNER TO \S+$/.test(sql));
  const sql = known ?? other?.replace(/ OWNER TO \S+$/, () => ` OWNER TO ${want}`);
  return sql === undefined ? unknown('Which statement sets this owner is not known.') : advised({ stage: 'owners', sql });
}

/** A comment or label that should go is the other side's statement with NULL. */
function adviseComment({ wantObject, haveObject, want, have }: Change, words: string): Advised {
  const find = (statements: readonly string[] | undefined, value: string | undefined) =>
    statements?.find((sql) => sql.startsWith(words) && value !== undefined && sql.endsWith(` IS ${value}`));
  const known = find(wantObject?.statements, want);
  const gone = find(haveObject?.statements, have);
  const sql = want === undefined ? gone?.slice(0, -(have?.length ?? 0)).concat('NULL') : (known ?? gone?.slice(0, -(have?.length ?? 0)).concat(want));
  return sql === undefined ? unknown('Which statement sets this text is not known.') : advised({ stage: 'comments', sql });
}

interface Grant {
  readonly line: string;
  readonly verb: string;
  readonly what: string;
  readonly grantee: string;
  readonly option: boolean;
  readonly grantor: string | undefined;
}

/** What is granted too much is revoked, what is missing granted; what a revoke takes away with it, such as ALL of a role, is granted again. */
function advisePrivileges(change: Change): Advised {
  const owner = ownerOf(change);
  const read = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split('\n').map((line) => readGrant(line, owner)));
  const [have, want] = [read(change.have), read(change.want)];
  const lines = (grants: readonly Grant[]) => new Set(grants.map(({ line }) => line));
  const [haveLines, wantLines] = [lines(have), lines(want)];
  const target = targetOf(change);
  const gone = have.filter(({ line }) => !wantLines.has(line));
  const touched = new Set(gone.map(({ grantee }) => grantee));
  const undone = [...gone.filter(({ verb }) => verb === 'GRANT'), ...gone.filter(({ verb }) => verb === 'REVOKE')].map((grant) =>
    as(grant, grant.verb === 'GRANT' ? `REVOKE ${target(grant.what)} FROM ${grant.grantee}` : `GRANT ${target(grant.what)} TO ${grant.grantee}`),
  );
  const wanted = want
    .filter(({ line, grantee }) => !haveLines.has(line) || touched.has(grantee))
    .toSorted((a, b) => Number(a.verb === 'GRANT') - Number(b.verb === 'GRANT'))
    .map((grant) =>
      as(
        grant,
        grant.verb === 'GRANT'
          ? `GRANT ${target(grant.what)} TO ${grant.grantee}${grant.option ? ' WITH GRANT OPTION' : ''}`
          : `REVOKE ${target(grant.what)} FROM ${grant.grantee}`,
      ),
    );
  return advised(...[...undone, ...wanted].flat());
}

/** Rights that somebody else granted are granted, and taken away, by that role. */
function as({ grantor }: Grant, sql: string): readonly Step[] {
  const step = (text: string): Step => ({ stage: 'privileges', sql: text });
  return grantor === undefined ? [step(sql)] : [step(`SET ROLE ${grantor}`), step(sql), step('RESET ROLE')];
}

/** Whom the rights belong to: of a part of a table, the table's owner. */
function ownerOf({ has, name, kind, haveObject, wantObject }: Change): string {
  const table = kind === 'column' ? has.relation(splitLast(name).before) : undefined;
  return (table ?? haveObject ?? wantObject)?.properties.get('owner') ?? 'CURRENT_USER';
}

function readGrant(line: string, owner: string): Grant {
  const reader = new StatementReader(line);
  const verb = reader.next()?.toUpperCase() ?? '';
  const what = reader.until('TO', 'FROM');
  reader.next();
  const grantee = reader.accept('THE', 'OWNER') ? owner : (reader.name() ?? '');
  const option = reader.accept('WITH', 'GRANT', 'OPTION');
  const grantor = reader.accept('BY') ? reader.name() : undefined;
  return { line, verb, what, grantee: grantee === 'public' ? 'PUBLIC' : grantee, option, grantor };
}

/** `SELECT ON TABLE public.t`; of a column `SELECT (a) ON TABLE public.t`. */
function targetOf({ kind, name, property, haveObject, wantObject }: Change): (what: string) => string {
  if (property === 'identity sequence privileges') {
    const form = /^(?:GRANT|REVOKE) [\s\S]* ON SEQUENCE (\S+) (?:TO|FROM) /;
    const sequence = [...(haveObject?.statements ?? []), ...(wantObject?.statements ?? [])].map((sql) => form.exec(sql)?.[1]).find((one) => one !== undefined);
    return (what) => `${what} ON SEQUENCE ${sequence}`;
  }
  if (kind === 'column') {
    const { before, last } = splitLast(name);
    return (what) => `${what} (${last}) ON TABLE ${before}`;
  }
  const words = grantWords[kind] ?? kind.toUpperCase();
  return (what) => `${what} ON ${words} ${name}`;
}
