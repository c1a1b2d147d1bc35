import { quoteLiteral } from '../../../sql/quote.ts';
import { splitList } from '../../text/statement-reader.ts';
import { optionAction, parameterAction } from './advise-options.ts';
import { type Advised, advised, type Change, type Step, unknown, withNote } from './change.ts';
import { remakeObject } from './remake-object.ts';
import { splitOn } from './split-name.ts';

/** `ALTER SEQUENCE` takes every property by its own words. */
export function adviseSequence({ name, property = '', want }: Change): Advised | undefined {
  const action = (text: string, stage: Step['stage'] = 'settings of columns'): Advised => advised({ stage, sql: `ALTER SEQUENCE ${name} ${text}` });
  switch (property) {
    case 'type':
      return action(`AS ${want ?? 'bigint'}`);
    case 'start':
      return action(`START WITH ${want}`);
    case 'increment':
      return action(`INCREMENT BY ${want}`);
    case 'minimum':
      return action(want === undefined || want === 'NO MINVALUE' ? 'NO MINVALUE' : `MINVALUE ${want}`);
    case 'maximum':
      return action(want === undefined || want === 'NO MAXVALUE' ? 'NO MAXVALUE' : `MAXVALUE ${want}`);
    case 'cache':
      return action(`CACHE ${want ?? '1'}`);
    case 'cycle':
      return action(want === 'yes' ? 'CYCLE' : 'NO CYCLE');
    case 'persistence':
      return action(want === 'unlogged' ? 'SET UNLOGGED' : 'SET LOGGED');
    case 'owned by':
      return action(`OWNED BY ${want ?? 'NONE'}`);
    default:
      return undefined;
  }
}

const enabledWords: Readonly<Record<string, string>> = {
  no: 'DISABLE',
  yes: 'ENABLE',
  always: 'ENABLE ALWAYS',
  'on replicas': 'ENABLE REPLICA',
  replica: 'ENABLE REPLICA',
};

/** Triggers, rules and event triggers: switched by a statement, changed by being made again. */
export function adviseTrigger(change: Change): Advised | undefined {
  const { kind, name, property, want } = change;
  if (property !== 'enabled') return remakeObject(change);
  const words = enabledWords[want ?? 'yes'];
  if (words === undefined) return undefined;
  if (kind === 'event trigger') return advised({ stage: 'switches', sql: `ALTER EVENT TRIGGER ${name} ${words}` });
  const names = splitOn(name);
  return names && advised({ stage: 'switches', sql: `ALTER TABLE ${names.table} ${words} ${kind.toUpperCase()} ${names.own}` });
}

/** An expression or the roles of a policy can be changed; its command and kind, or an expression that goes, need a new one. */
export function advisePolicy(change: Change): Advised | undefined {
  const { name, property, want } = change;
  const names = splitOn(name);
  if (names === undefined) return undefined;
  const action = (text: string): Advised => advised({ stage: 'rules and triggers', sql: `ALTER POLICY ${names.own} ON ${names.table} ${text}` });
  if (want === undefined) return remakeObject(change);
  if (property === 'roles') return action(`TO ${want}`);
  if (property === 'using') return action(`USING ${want}`);
  if (property === 'with check') return action(`WITH CHECK ${want}`);
  return remakeObject(change);
}

/** Who else gets rights on what is made later: each line has its opposite. */
export function adviseDefaultPrivileges({ name, have, want, haveObject, wantObject }: Change): Advised {
  const scope = name
    .slice(0, name.lastIndexOf(' on '))
    .replace(/^for role /, 'FOR ROLE ')
    .replace(/ in schema /, ' IN SCHEMA ');
  const lines = (text: string | undefined) => (text ?? '').split('\n').filter((line) => line !== '');
  const [from, to] = [lines(haveObject?.properties.get('privileges') ?? have), lines(wantObject?.properties.get('privileges') ?? want)];
  const step = (line: string): Step => ({ stage: 'privileges', sql: `ALTER DEFAULT PRIVILEGES ${scope} ${line}` });
  const opposite = (line: string) =>
    line.startsWith('GRANT ')
      ? line
          .replace(/^GRANT /, 'REVOKE ')
          .replace(/ WITH GRANT OPTION$/, '')
          .replace(/ TO (\S+)$/, ' FROM $1')
      : line.replace(/^REVOKE /, 'GRANT ').replace(/ FROM (\S+)$/, ' TO $1');
  const grantsFirst = (a: string, b: string) => Number(b.startsWith('GRANT')) - Number(a.startsWith('GRANT'));
  return advised(
    ...from
      .filter((line) => !to.includes(line))
      .toSorted(grantsFirst)
      .map(opposite)
      .map(step),
    ...to.toSorted(grantsFirst).reverse().map(step),
  );
}

const publicationDefaults: Readonly<Record<string, string>> = { publish_via_partition_root: 'false', publish_generated_columns: 'none' };

/** Tables and schemas of a publication, and what it publishes. */
export function advisePublication(change: Change): Advised | undefined {
  const { name, property = '', have, want, wantObject } = change;
  const action = (text: string): Step => ({ stage: 'publications', sql: `ALTER PUBLICATION ${name} ${text}` });
  const table = /^table (.*)$/s.exec(property)?.[1];
  if (table !== undefined) {
    const more = want === undefined || want === 'published' ? '' : ` ${want}`;
    return advised(
      ...(have === undefined ? [] : [action(`DROP TABLE ONLY ${table}`)]),
      ...(want === undefined ? [] : [action(`ADD TABLE ONLY ${table}${more}`)]),
    );
  }
  const schema = /^schema (.*)$/s.exec(property)?.[1];
  if (schema !== undefined) return advised(action(`${want === undefined ? 'DROP' : 'ADD'} TABLES IN SCHEMA ${schema}`));
  if (property.startsWith('parameter ')) return advised(action(parameterAction(change)));
  const options = /\bWITH \(([\s\S]*)\)\s*$/.exec(want ?? wantObject?.properties.get('definition') ?? '')?.[1];
  const all = (text: string | undefined) => /\bFOR ALL\b/.test(text ?? '');
  if (property === 'definition' && options !== undefined && all(have) === all(want)) {
    const named = (text: string | undefined) =>
      splitList(/\bWITH \(([\s\S]*)\)\s*$/.exec(text ?? '')?.[1] ?? '').map((option) => option.split(' = ')[0] ?? option);
    const gone = named(have).filter((option) => !named(want).includes(option) && publicationDefaults[option] !== undefined);
    return advised(
      ...splitList(options).map((option) => action(`SET (${option})`)),
      ...gone.map((option) => action(`SET (${option} = ${publicationDefaults[option]})`)),
    );
  }
  return remakeObject(change);
}

/** Foreign servers and wrappers by their options; everything that has no statement of its own by being made again. */
export function adviseByOptions(change: Change): Advised | undefined {
  const { kind, name, property = '' } = change;
  if (property.startsWith('option ')) return advised({ stage: 'servers', sql: `ALTER ${kind.toUpperCase()} ${name} ${optionAction(change)}` });
  if (kind === 'server' && property === 'version' && change.want !== undefined) {
    return advised({ stage: 'servers', sql: `ALTER SERVER ${name} VERSION ${change.want.startsWith("'") ? change.want : quoteLiteral(change.want)}` });
  }
  if (kind === 'collation' && property === 'version') {
    const advice = advised({ stage: 'types', sql: `ALTER COLLATION ${name} REFRESH VERSION` });
    return withNote(advice, 'Notes down the version of the library that this server has; build the indexes that sort by it again first.');
  }
  return remakeObject(change);
}

export function adviseExtension({ name, property, want }: Change): Advised | undefined {
  if (want === undefined) return undefined;
  if (property === 'version') return advised({ stage: 'servers', sql: `ALTER EXTENSION ${name} UPDATE TO ${quoteLiteral(want)}` });
  if (property === 'schema') return advised({ stage: 'servers', sql: `ALTER EXTENSION ${name} SET SCHEMA ${want}` });
  return undefined;
}

/** Postgres takes these settings as lists of names, not as one text. */
const lists = /^(search_path|temp_tablespaces|local_preload_libraries|session_preload_libraries|shared_preload_libraries)$/;

/** What is set for the database: its name differs from side to side, so that it is asked for. */
export function adviseDatabase({ property = '', want }: Change): Advised | undefined {
  const setting = /^setting of the database (\S+?)(?: for role (.*))?$/.exec(property);
  const inDatabase = (text: string, value?: string): Advised =>
    advised({
      stage: 'database',
      sql: `DO $advice$ BEGIN EXECUTE format(${quoteLiteral(text)}, current_database()${value === undefined ? '' : `, ${value}`}); END $advice$`,
    });
  if (setting !== null) {
    const [, name = '', role] = setting;
    if (want?.startsWith("'hidden ")) return unknown('Its value is a secret, which is not shown.');
    const target = role === undefined ? 'ALTER DATABASE %I' : `ALTER ROLE ${identifier(role)} IN DATABASE %I`;
    if (want === undefined) return inDatabase(`${target} RESET ${name}`);
    return lists.test(name)
      ? inDatabase(`${target} SET ${name} TO ${want === '' ? "''" : want.replaceAll('%', '%%')}`)
      : inDatabase(`${target} SET ${name} TO %L`, quoteLiteral(want));
  }
  if (property === 'comment')
    return want === undefined ? inDatabase('COMMENT ON DATABASE %I IS NULL') : inDatabase('COMMENT ON DATABASE %I IS %L', quoteLiteral(want));
  if (/^(encoding|collate of|ctype of|locale provider|icu|collation version)/.test(property))
    return unknown('It is chosen when a database is made: dump it, make another one, and restore into that.');
  return undefined;
}

function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$|^"/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
