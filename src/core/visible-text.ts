/**
 * Names in a database may hold any character: escape sequences that repaint a terminal, line breaks that forge lines of a report,
 * marks that turn the reading direction. All of these are made visible instead of being carried out.
 */

// Controls, line and paragraph separators, direction marks and overrides, zero-width space and no-break, and invisible tags. Joiners
// (U+200C, U+200D) stay: scripts and emoji need them. Halves of surrogate pairs can't be printed at all.
const dangerous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/** Text for one line: everything that could break it or act on the output is written as an escape such as `\n` or `\x1b`. */
export function visible(text: string): string {
  return text.replace(dangerous, (sign) => escapes[sign] ?? escapeOf(sign));
}

/** Text of several lines: line breaks stay, tabs become blanks, the rest as in `visible`. */
export function visibleLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '  ')))
    .join('\n');
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\x1b', '\0': '\\0' };

function escapeOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
