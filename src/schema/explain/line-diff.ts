export interface DiffLine {
  readonly side: 'left' | 'right' | 'both';
  readonly text: string;
}

/** Longer texts than this are compared without looking for the best alignment: time grows with the product of both. */
const limit = 2000;

/**
 * Aligns two texts line by line (longest common subsequence). Lines of the left side come before those of the right.
 *
 * @example lineDiff('a\nb', 'a\nc') // both a, left b, right c
 */
export function lineDiff(left: string, right: string): readonly DiffLine[] {
  const [a, b] = [left.split('\n'), right.split('\n')];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const both = (text: string): DiffLine => ({ side: 'both', text });
  const middle = align(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...a.slice(0, head).map(both), ...middle, ...a.slice(a.length - tail).map(both)];
}

/** As `- left`, `+ right` and lines that both have, of which only `context` ones around a change are kept. */
export function showLineDiff(left: string, right: string, context = 2): string {
  const lines = lineDiff(left, right);
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - context), at + context + 1).some((line) => line.side !== 'both'));
  const shown: string[] = [];
  lines.forEach((line, at) => {
    if (near[at]) shown.push(`${{ left: '-', right: '+', both: ' ' }[line.side]} ${line.text}`.trimEnd());
    else if (near[at - 1]) shown.push('  …');
  });
  return shown.join('\n');
}

function align(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const left = (text: string): DiffLine => ({ side: 'left', text });
  const right = (text: string): DiffLine => ({ side: 'right', text });
  if (a.length === 0 || b.length === 0 || a.length > limit || b.length > limit) return [...a.map(left), ...b.map(right)];
  const width = b.length + 1;
  // common[i * width + j]: how many lines a[i..] and b[j..] have in common, in order.
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ side: 'both', text: a[i] ?? '' });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(left(a[i++] ?? ''));
    else lines.push(right(b[j++] ?? ''));
  }
  return lines;
}
