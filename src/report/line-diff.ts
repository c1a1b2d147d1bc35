/** A line of a comparison of two texts: in both, or in one only. */
export interface DiffLine {
  readonly side: 'both' | 'expected' | 'actual';
  readonly text: string;
}

/** Beyond this many cells the table of common subsequences would take seconds and hundreds of MB. */
const maxCells = 4_000_000;

/**
 * Compares two texts line by line by their longest common subsequence; expected lines come before the actual ones that replace them.
 * Texts that are too long for that are shown whole, one after the other, between what they share at both ends.
 */
export function diffLines(expected: string, actual: string): readonly DiffLine[] {
  return diffParts(expected.split('\n'), actual.split('\n'));
}

/** As diffLines, for the words and signs within one line. */
export function diffWords(expected: string, actual: string): readonly DiffLine[] {
  return diffParts(words(expected), words(actual));
}

function words(text: string): readonly string[] {
  return text.match(/\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

function diffParts(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const middle = diffMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end));
  const same = (part: string): DiffLine => ({ side: 'both', text: part });
  return [...left.slice(0, start).map(same), ...middle, ...left.slice(left.length - end).map(same)];
}

function diffMiddle(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  const expected = (text: string): DiffLine => ({ side: 'expected', text });
  const actual = (text: string): DiffLine => ({ side: 'actual', text });
  if (left.length * right.length > maxCells || left.length === 0 || right.length === 0) return [...left.map(expected), ...right.map(actual)];
  const lengths = commonLengths(left, right);
  const columns = right.length + 1;
  const lines: DiffLine[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    lines.push(...removed, ...added);
    removed = [];
    added = [];
  };
  for (let row = 0, column = 0; row < left.length || column < right.length; ) {
    const here = left[row];
    const there = right[column];
    if (here !== undefined && here === there) {
      flush();
      lines.push({ side: 'both', text: here });
      row += 1;
      column += 1;
    } else if (here !== undefined && (there === undefined || at(lengths, (row + 1) * columns + column) >= at(lengths, row * columns + column + 1))) {
      removed.push(expected(here));
      row += 1;
    } else {
      added.push(actual(there ?? ''));
      column += 1;
    }
  }
  flush();
  return lines;
}

/** For each pair of positions, how long the longest common subsequence of what follows is. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array {
  const columns = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * columns);
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      lengths[row * columns + column] =
        left[row] === right[column]
          ? at(lengths, (row + 1) * columns + column + 1) + 1
          : Math.max(at(lengths, (row + 1) * columns + column), at(lengths, row * columns + column + 1));
    }
  }
  return lengths;
}

function at(lengths: Uint32Array, index: number): number {
  return lengths[index] ?? 0;
}
