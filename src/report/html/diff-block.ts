import { type DiffLine, diffLines, diffWords } from '../line-diff.ts';
import { showCountOf } from '../measures.ts';
import { html, Markup } from './markup.ts';

/** Equal lines around a difference that are shown. */
const context = 3;
/** Lines of one comparison that are shown: more than this, and nobody reads them here. */
const maxLines = 160;

interface Row {
  readonly side: DiffLine['side'] | 'gap';
  readonly content: string | readonly Markup[];
}

/** How the two sides of a comparison are called, and which of them is told in which colour. */
export interface DiffNames {
  readonly first: { readonly name: string; readonly tone: 'expected' | 'actual' };
  readonly second: { readonly name: string; readonly tone: 'expected' | 'actual' };
  /** Where the whole of a long comparison is; the files of the run unless told. */
  readonly rest?: string;
}

const ofRuns: DiffNames = { first: { name: 'expected', tone: 'expected' }, second: { name: 'actual', tone: 'actual' } };

/** What was expected against what was found, line by line; what differs within a line is marked. */
export function diffBlock(expected: string | undefined, actual: string | undefined, names: DiffNames = ofRuns): Markup | undefined {
  if (expected === undefined && actual === undefined) return undefined;
  const rows =
    expected === undefined || actual === undefined ? [...whole('expected', expected), ...whole('actual', actual)] : inContext(diffLines(expected, actual));
  const more = rows.length - maxLines;
  const shown: readonly Row[] =
    more <= 0 ? rows : [...rows.slice(0, maxLines), { side: 'gap', content: `${showCountOf(more, 'more line')}, in ${names.rest ?? 'the files of the run'}` }];
  return html`<div class="diff">${shown.map((row, index) => line(row, shown[index - 1]?.side !== row.side, names))}</div>`;
}

function whole(side: 'expected' | 'actual', text: string | undefined): readonly Row[] {
  return text === undefined ? [{ side, content: 'nothing' }] : text.split('\n').map((content) => ({ side, content }));
}

/** Equal stretches are shortened to a few lines on each side of a difference. */
function inContext(lines: readonly DiffLine[]): readonly Row[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - context), index + context + 1).some((other) => other.side !== 'both'));
  const rows: Row[] = [];
  for (let index = 0; index < lines.length; ) {
    const current = lines[index];
    if (current === undefined) break;
    if (current.side !== 'both') {
      const end = lines.findIndex((other, at) => at > index && other.side === 'both');
      const changed = lines.slice(index, end === -1 ? lines.length : end);
      rows.push(...changedRows(changed));
      index += changed.length;
    } else if (near[index]) {
      rows.push({ side: 'both', content: current.text });
      index += 1;
    } else {
      const end = near.findIndex((isNear, at) => at > index && isNear);
      const hidden = (end === -1 ? lines.length : end) - index;
      rows.push({ side: 'gap', content: `${showCountOf(hidden, 'line')} the same` });
      index += hidden;
    }
  }
  return rows;
}

/** A changed stretch: where each line has its counterpart, the words that differ are marked. */
function changedRows(changed: readonly DiffLine[]): readonly Row[] {
  const expected = changed.filter((one) => one.side === 'expected');
  const actual = changed.filter((one) => one.side === 'actual');
  if (expected.length !== actual.length) return changed.map(({ side, text }) => ({ side, content: text }));
  const pairs = expected.map((one, index) => diffWords(one.text, actual[index]?.text ?? ''));
  return [...pairs.map((words) => marked('expected', words)), ...pairs.map((words) => marked('actual', words))];
}

function marked(side: 'expected' | 'actual', words: readonly DiffLine[]): Row {
  const own = words.filter((word) => word.side === 'both' || word.side === side);
  const lengthOf = (some: readonly DiffLine[]) => some.reduce((sum, word) => sum + word.text.trim().length, 0);
  // Lines that have little in common are better read whole.
  if (lengthOf(own.filter((word) => word.side === 'both')) < lengthOf(own) * 0.35) return { side, content: own.map((word) => word.text).join('') };
  return { side, content: own.map((word) => (word.side === 'both' ? html`${word.text}` : html`<mark>${word.text}</mark>`)) };
}

/** The side's name stands at the first of its lines only. */
function line({ side, content }: Row, first: boolean, names: DiffNames): Markup {
  if (side === 'both') return html`<div><span></span><span>${content}</span></div>`;
  if (side === 'gap') return html`<div class="gap"><span></span><span>⋯ ${content}</span></div>`;
  const { name, tone } = side === 'expected' ? names.first : names.second;
  const tag = Markup.trusted(side === 'expected' ? 'del' : 'ins');
  return html`<div class="${tone}"><span>${first ? name : undefined}</span><${tag}>${content}</${tag}></div>`;
}
