const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/**
 * The text of a Python file, by the encoding that its first two lines may name (PEP 263), else UTF-8. Undefined when the bytes aren't that, or the encoding isn't known.
 * Line ends stay as they are; a byte order mark is taken away.
 */
export function decodePython(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1_000))
    .toString('latin1')
    .replace(/^ï»¿/, '')
    .split(/\r\n|\r|\n/, 2);
  const named = head.map((line) => cookie.exec(line)?.[1]).find((name) => name !== undefined);
  const label = (named ?? 'utf-8')
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^latin-1/, 'latin1');
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
