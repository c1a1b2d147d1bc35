/**
 * Reads a file in git's configuration format, which Sqitch's is too: `section.sub-section.key` in lower case but for the sub-section; the last value of a key wins.
 *
 * @example readGitConfig('[engine "pg"]\n\tregistry = meta').get('engine.pg.registry') // 'meta'
 */
export function readGitConfig(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  // A backslash at a line's end goes on with the next.
  for (const line of text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n/g, '\n')
    .replace(/\\\n/g, '')
    .split('\n')) {
    const header = /^\s*\[\s*([^\s"\]]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (header !== null) section = `${(header[1] ?? '').toLowerCase()}${header[2] === undefined ? '' : `.${header[2].replace(/\\(.)/g, '$1')}`}`;
    const found = /^\s*([\w-]+)\s*(?:=\s*(.*))?$/.exec(header === null ? line : line.slice(header[0].length));
    if (found?.[1] !== undefined && section !== '') values.set(`${section}.${found[1].toLowerCase()}`, found[2] === undefined ? 'true' : unquoted(found[2]));
  }
  return values;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Quotes may stand anywhere in a value; outside of them a comment ends it. */
function unquoted(written: string): string {
  let value = '';
  let quoted = false;
  for (let at = 0; at < written.length; at++) {
    const character = written[at] ?? '';
    if (character === '\\') {
      const next = written[++at] ?? '';
      value += escapes[next] ?? next;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '#' || character === ';')) break;
    else value += character;
  }
  return value.trim();
}
