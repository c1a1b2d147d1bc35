/** A value of a TOML file: what migration tools’ settings are made of. */
export type TomlValue = string | number | boolean | readonly TomlValue[];

const header = /^\[([^[\]]+)\]\s*(?:#.*)?$/;
const assignment = /^((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*(.*)$/s;

/**
 * Reads the part of TOML that settings of migration tools use: tables, dotted and quoted keys, strings, numbers, booleans and lists, also over several lines.
 * Keys are given with the names of their tables: `flyway.locations`. Inline tables, tables in lists, dates and strings of several lines are left out:
 * who needs such a key has to take its absence for "not known".
 *
 * @throws SyntaxError where a line is none of these
 * @example readToml('[migrate]\ntable-name = "app.done"').get('migrate.table-name') // 'app.done'
 */
export function readToml(text: string): ReadonlyMap<string, TomlValue> {
  const values = new Map<string, TomlValue>();
  let table = '';
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at]?.trim() ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const [, named] = header.exec(line) ?? [];
    if (named !== undefined) {
      table = `${keyOf(named)}.`;
      continue;
    }
    if (line.startsWith('[[')) {
      // A list of tables: its keys belong to nobody that asks here.
      table = `${line.slice(2)}.`;
      continue;
    }
    while (/=\s*\[/.test(line) && !isWholeList(line) && at + 1 < lines.length) line += `\n${lines[++at]}`;
    const [, key, written] = assignment.exec(line) ?? [];
    if (key === undefined || written === undefined) throw new SyntaxError(`line ${at + 1} is neither a table nor a key with a value`);
    const value = readValue(written);
    if (value !== undefined) values.set(table + keyOf(key), value);
  }
  return values;
}

function keyOf(written: string): string {
  return [...written.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(([, double, single, bare]) => double ?? single ?? bare).join('.');
}

const token = /\s*(#[^\n]*|"(?:[^"\\]|\\.)*"|'[^']*'|[[\],]|[^\s[\],#]+)/y;

function tokensOf(written: string): readonly string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(written); match !== null; match = token.exec(written)) found.push(match[1] ?? '');
  return found.filter((one) => !one.startsWith('#'));
}

function isWholeList(line: string): boolean {
  const tokens = tokensOf(line.slice(line.indexOf('=') + 1));
  return tokens.filter((one) => one === '[').length <= tokens.filter((one) => one === ']').length;
}

function readValue(written: string): TomlValue | undefined {
  const [first, ...rest] = tokensOf(written);
  if (first === undefined || first.startsWith('{') || first.startsWith('"""') || first.startsWith("'''")) return undefined;
  if (first !== '[') return scalar(first);
  const items = rest.filter((one) => one !== ',' && one !== ']').map(scalar);
  return items.every((one) => one !== undefined) ? items : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function scalar(written: string): TomlValue | undefined {
  if (written.startsWith("'")) return written.slice(1, -1);
  if (written.startsWith('"')) {
    return written
      .slice(1, -1)
      .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, one?: string) =>
        code === undefined ? (escapes[one ?? ''] ?? one ?? '') : String.fromCodePoint(Number.parseInt(code, 16)),
      );
  }
  if (written === 'true' || written === 'false') return written === 'true';
  return /^[+-]?\d[\d_]*(?:\.\d+)?$/.test(written) ? Number(written.replaceAll('_', '')) : undefined;
}
