import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/** Settings whose stored value is a list of quoted identifiers; SET must be given each element on its own. As GUC_LIST_QUOTE in Postgres. */
const listSettings = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

export interface StoredSetting {
  readonly name: string;
  readonly value: string;
}

/** Takes `name=value`, as pg_db_role_setting keeps it, apart. */
export function parseStoredSetting(setting: string): StoredSetting {
  const at = setting.indexOf('=');
  return { name: setting.slice(0, at), value: setting.slice(at + 1) };
}

/**
 * The `SET …` part of an ALTER ROLE or ALTER DATABASE.
 *
 * @example settingClause('search_path="$user", public') // set search_path to '$user', 'public'
 */
export function settingClause(setting: string): string {
  const { name, value } = parseStoredSetting(setting);
  const quotedName = name.split('.').map(quoteIdentifier).join('.');
  return `set ${quotedName} to ${listSettings.has(name.toLowerCase()) ? listElements(value).map(quoteLiteral).join(', ') || "''" : quoteLiteral(value)}`;
}

/** The elements of a list value. */
export function listElements(value: string): readonly string[] {
  const tokens = significantTokens(value);
  const elements: string[] = [];
  let open = true;
  for (const token of tokens) {
    if (token.text === ',') open = true;
    else if (open) {
      elements.push(token.name ?? (token.text === '""' ? '' : token.text));
      open = false;
    } else elements[elements.length - 1] += token.text;
  }
  return elements;
}
