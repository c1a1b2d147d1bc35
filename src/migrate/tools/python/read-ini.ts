/** Sections of an ini file with their keys in lower case, as Python's configparser reads them. Values still hold their `%(name)s`. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads what configparser would; lines that it would refuse are passed over, since the tool itself will tell of them. */
export function readIni(text: string): IniFile {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let open: { readonly key: string; readonly indent: number } | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const trimmed = line.trim();
    // Comments are lines of their own; behind a value, # belongs to the value.
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const indent = line.length - line.trimStart().length;
    if (open !== undefined && section !== undefined && indent > open.indent) {
      section.set(open.key, `${section.get(open.key) ?? ''}\n${trimmed}`.trim());
      continue;
    }
    open = undefined;
    const name = /^\[(.+)\]/.exec(trimmed)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const found = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (found === null || section === undefined) continue;
    const key = (found[1] ?? '').toLowerCase();
    section.set(key, found[2] ?? '');
    open = { key, indent };
  }
  return sections;
}

const deepest = 10;

/**
 * A value with its `%(name)s` filled in from its section, DEFAULT and `given`; undefined where the key isn't there, `unresolved` where a name isn't.
 *
 * @example iniValue(readIni('[alembic]\nscript_location = %(here)s/db'), 'alembic', 'script_location', { here: '/srv' }) // '/srv/db'
 */
export function iniValue(
  ini: IniFile,
  section: string,
  key: string,
  given: Readonly<Record<string, string>> = {},
): string | undefined | { readonly unresolved: string } {
  const raw = (name: string) => ini.get(section)?.get(name) ?? ini.get('DEFAULT')?.get(name) ?? (Object.hasOwn(given, name) ? given[name] : undefined);
  const text = raw(key);
  if (text === undefined) return undefined;
  let unresolved: string | undefined;
  const fill = (value: string, depth: number): string =>
    value.replace(/%(?:%|\(([^)]*)\)s)/g, (whole, name?: string) => {
      if (name === undefined) return '%';
      const found = depth < deepest ? raw(name.toLowerCase()) : undefined;
      if (found === undefined) unresolved = name;
      return found === undefined ? whole : fill(found, depth + 1);
    });
  const value = fill(text, 0);
  return unresolved === undefined ? value : { unresolved };
}
