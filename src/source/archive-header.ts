export interface ArchiveHeader {
  /** As pg_restore names it: `1.14`. */
  readonly version: string;
  readonly format: 'custom' | 'tar' | 'directory' | 'unknown';
  readonly database?: string;
  /** The server's version, `15.18 (Debian …)`. */
  readonly serverVersion?: string;
}

const formats = new Map<number, ArchiveHeader['format']>([
  [1, 'custom'],
  [3, 'tar'],
  [5, 'directory'],
]);

/**
 * Reads the header of an archive as pg_dump writes it: magic, version (3 bytes), sizes of integers and offsets, format, compression, seven
 * integers of creation time, then database name and server version. Integers are a sign byte and little-endian bytes; strings a length and
 * bytes. Undefined when it isn't whole. Source of the layout: `WriteHead` in PostgreSQL's pg_backup_archiver.c.
 */
export function readArchiveHeader(bytes: Buffer): ArchiveHeader | undefined {
  if (bytes.length < 11) return undefined;
  const [major = 0, minor = 0] = bytes.subarray(5, 7);
  const integerSize = bytes[8] ?? 4;
  const format = formats.get(bytes[10] ?? 0) ?? ('unknown' as const);
  const basics = { version: `${major}.${minor}`, format };
  if (integerSize < 1 || integerSize > 8) return undefined;

  let at = 11;
  const integer = () => {
    let value = 0;
    for (let index = integerSize - 1; index >= 0; index--) value = value * 256 + (bytes[at + 1 + index] ?? 0);
    const negative = bytes[at] !== 0;
    at += 1 + integerSize;
    return negative ? -value : value;
  };
  const string = () => {
    const length = integer();
    if (length < 0) return undefined;
    const text = bytes.subarray(at, at + length).toString('utf8');
    at += length;
    return text;
  };

  // Since 1.15 (PostgreSQL 16) compression is one byte that names the method; before, an integer: the level.
  if (major > 1 || minor >= 15) at += 1;
  else integer();
  for (let field = 0; field < 7; field++) integer();
  const database = string();
  const serverVersion = string();
  if (at > bytes.length) return undefined;
  return { ...basics, ...(database === undefined ? {} : { database }), ...(serverVersion === undefined ? {} : { serverVersion }) };
}
