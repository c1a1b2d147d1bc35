import { type DiffLine, diffLines, diffWords } from '../line-diff.ts';
import { showCountOf } from '../measures.ts';
import { html, Markup } from './markup.ts';

/** Equal lines around a difference that are shown. */
const context = 3;
/** Lines of one comparison that are shown: more than this, and nobody reads them here. */
const maxLines = 160;

/** What was expected against what was found, line by line; what differs within a line is marked. */
export function diffBlock(expected: string | undefined, actual: string | undefined): Markup | undefined {
  if (expected === undefined && actual === undefined) return undefined;
  if (expected === undefined) return block([nothing('expected'), ...(actual ?? '').split('\n').map((text) => line('actual', text))]);
  if (actual === undefined) return block([...expected.split('\n').map((text) => line('expected', text)), nothing('actual')]);
  return block(inContext(diffLines(expected, actual)));
}

function block(lines: readonly Markup[]): Markup {
  const shown =
    lines.length <= maxLines ? lines : [...lines.slice(0, maxLines), gap(`${showCountOf(lines.length - maxLines, 'more line')}, in the files of the run`)];
  return html`<div class="diff">${shown}</div>`;
}

/** Equal stretches are shortened to a few lines on each side of a difference. */
function inContext(lines: readonly DiffLine[]): readonly Markup[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - context), index + context + 1).some((other) => other.side !== 'both'));
  const output: Markup[] = [];
  for (let index = 0; index < lines.length; ) {
    const current = lines[index];
    if (current === undefined) break;
    if (current.side !== 'both') {
      const run = lines.slice(index).findIndex((other) => other.side === 'both');
      const changed = lines.slice(index, run === -1 ? lines.length : index + run);
      output.push(...changedLines(changed));
      index += changed.length;
    } else if (near[index]) {
      output.push(line('both', current.text));
      index += 1;
    } else {
      const run = near.slice(index).findIndex((isNear) => isNear);
      const hidden = run === -1 ? lines.length - index : run;
      output.push(gap(`${showCountOf(hidden, 'line')} the same`));
      index += hidden;
    }
  }
  return output;
}

/** A changed stretch: where each line has its counterpart, the words that differ are marked. */
function changedLines(changed: readonly DiffLine[]): readonly Markup[] {
  const expected = changed.filter((one) => one.side === 'expected');
  const actual = changed.filter((one) => one.side === 'actual');
  if (expected.length !== actual.length) return changed.map((one) => line(one.side, one.text));
  const pairs = expected.map((one, index) => diffWords(one.text, actual[index]?.text ?? ''));
  return [...pairs.map((words) => marked('expected', words)), ...pairs.map((words) => marked('actual', words))];
}

function marked(side: 'expected' | 'actual', words: readonly DiffLine[]): Markup {
  const own = words.filter((word) => word.side === 'both' || word.side === side);
  const same = own.filter((word) => word.side === 'both').reduce((sum, word) => sum + word.text.trim().length, 0);
  const all = own.reduce((sum, word) => sum + word.text.trim().length, 0);
  // Lines that have little in common are better read whole.
  if (same < all * 0.35) return line(side, own.map((word) => word.text).join(''));
  return line(
    side,
    own.map((word) => (word.side === 'both' ? html`${word.text}` : html`<mark>${word.text}</mark>`)),
  );
}

function line(side: DiffLine['side'], text: string | readonly Markup[]): Markup {
  if (side === 'both') return html`<div><span></span><span>${text}</span></div>`;
  const tag = Markup.trusted(side === 'expected' ? 'del' : 'ins');
  return html`<div class="${side}"><span>${side}</span><${tag}>${text}</${tag}></div>`;
}

function nothing(side: 'expected' | 'actual'): Markup {
  return html`<div class="${side}"><span>${side}</span><span>nothing</span></div>`;
}

function gap(text: string): Markup {
  return html`<div class="gap"><span></span><span>⋯ ${text}</span></div>`;
}
