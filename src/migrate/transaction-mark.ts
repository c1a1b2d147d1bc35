/** The comment by which a file says that it can't run in a transaction. */
const ownMark = /^--\s*pgrehearse:\s*no-transaction\s*$/i;

/** Whether one of the comment lines at the top of a file is `-- pgrehearse: no-transaction`. Blank lines between them are allowed. */
export function hasNoTransactionMark(text: string): boolean {
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    if (!trimmed.startsWith('--')) return false;
    if (ownMark.test(trimmed)) return true;
  }
  return false;
}
