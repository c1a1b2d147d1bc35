import { type SqlStatement, splitStatements } from '../../sql/split-statements.ts';

/** What pg_dump's own header comment says about the statements below it. */
export interface DumpLabel {
  /** As pg_dump calls it: `TABLE`, `FK CONSTRAINT`, `ROW SECURITY`. */
  readonly type: string;
  /** Not quoted; for functions with argument types. */
  readonly name: string;
  readonly schema?: string;
  readonly owner?: string;
}

/** The statements under one header. Only a label comes from the header; where statements start and end is the scanner's finding. */
export interface DumpEntry {
  readonly label?: DumpLabel;
  readonly statements: readonly string[];
  /** Of `SET default_tablespace` before the entry; '' is the database's own. */
  readonly tablespace: string;
  /** Of `SET default_table_access_method` before the entry. */
  readonly accessMethod: string;
}

const header = /^-- (?:Data for )?Name: (.*); Type: ([A-Z][A-Z ]*); Schema: (.*); Owner: (.*)$/;

/**
 * Cuts the text of `pg_dump -s` into entries. Lines inside of bodies, quotes and comments are never looked at, so a function body may hold
 * lines that look like headers or commands. Backslash commands (`\restrict`) and session settings belong to no entry.
 */
export function cutDump(text: string): readonly DumpEntry[] {
  const entries: { label?: DumpLabel; statements: string[]; tablespace: string; accessMethod: string }[] = [];
  let tablespace = '';
  let accessMethod = '';
  let changed = false;
  for (const statement of splitStatements(text)) {
    if (statement.meta) continue;
    const setting = /^SET (default_tablespace|default_table_access_method) = (.*)$/s.exec(statement.text);
    changed ||= setting !== null;
    if (setting?.[1] === 'default_tablespace') tablespace = setting[2] === "''" ? '' : (setting[2] ?? '');
    else if (setting !== null) accessMethod = setting[2] ?? '';
    else if (!isSession(statement.text)) {
      const label = labelOf(statement);
      const current = entries.at(-1);
      // These settings stand before an entry: what follows them is a new one, also in a text without headers.
      if (label !== undefined || current === undefined || changed) {
        changed = false;
        entries.push({ ...(label !== undefined && { label }), statements: [statement.text], tablespace, accessMethod });
      } else current.statements.push(statement.text);
    }
  }
  return entries;
}

/** The server version that the dump's head names: `15.18`; undefined when it names none. */
export function dumpedFrom(text: string): string | undefined {
  return /^-- Dumped from database version (\S+)/m.exec(text.slice(0, 4000))?.[1];
}

/** Settings of the restoring session, which pg_dump writes at the head: they make no object. SET SESSION AUTHORIZATION does matter: it names a grantor. */
function isSession(text: string): boolean {
  return /^SET (?!SESSION AUTHORIZATION)[a-z_]+ = /.test(text) || /^SELECT pg_catalog\.set_config\('search_path', '', false\)$/.test(text);
}

function labelOf(statement: SqlStatement): DumpLabel | undefined {
  for (const comment of statement.leadingComments ?? []) {
    const found = header.exec(comment.text);
    if (found === null) continue;
    const [, name = '', type = '', schema = '', owner = ''] = found;
    return { type, name, ...(schema !== '-' && schema !== '' && { schema }), ...(owner !== '-' && owner !== '' && { owner }) };
  }
  return undefined;
}
