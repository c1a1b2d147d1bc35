import type { ObjectName } from '../../core/object-name.ts';
import { quoteLiteral } from '../../sql/quote.ts';

const describe: Readonly<Record<string, string>> = {
  table: '\\d+',
  'foreign table': '\\d+',
  sequence: '\\d+',
  'materialized view': '\\d+',
  view: '\\d+',
  index: '\\d+',
  type: '\\dT+',
  domain: '\\dD+',
  schema: '\\dn+',
  extension: '\\dx',
  'event trigger': '\\dy',
  publication: '\\dRp+',
  server: '\\des+',
  'foreign data wrapper': '\\dew+',
  'text search configuration': '\\dF+',
  collation: '\\dO+',
  statistics: '\\dX',
};

/** What to paste into psql in order to see an object; undefined where there is no short way. */
export function showSql(object: ObjectName, property?: string): string | undefined {
  if (object.kind === 'database') return '\\drds';
  if (object.kind === 'default privileges') return '\\ddp';
  if (object.kind === 'function' || object.kind === 'procedure') {
    return property === 'privileges' || property === 'owner'
      ? `\\df+ ${object.name.replace(/\(.*/s, '')}`
      : `select pg_catalog.pg_get_functiondef(${quoteLiteral(object.name)}::regprocedure);`;
  }
  const table = tableOf(object);
  if (property === 'privileges' && (table !== undefined || ['table', 'view', 'materialized view', 'sequence', 'foreign table'].includes(object.kind))) {
    return `\\dp ${table ?? object.name}`;
  }
  if (table !== undefined) return `\\d+ ${table}`;
  if (property === 'definition' && object.kind.endsWith('view')) return `select pg_catalog.pg_get_viewdef(${quoteLiteral(object.name)}::regclass, true);`;
  const command = describe[object.kind];
  return command === undefined ? undefined : `${command} ${object.name}`;
}

/** The table of `x on public.t`, or of the column `public.t.c`. */
function tableOf({ kind, name }: ObjectName): string | undefined {
  const at = name.lastIndexOf(' on ');
  if (at !== -1 && kind !== 'default privileges') return name.slice(at + 4);
  if (kind !== 'column') return undefined;
  return /^(.*)\.(?:"(?:[^"]|"")*"|[^."]+)$/s.exec(name)?.[1];
}
