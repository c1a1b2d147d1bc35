import type { ExplainedComparison, ExplainedDifference } from '../../core/explained-comparison.ts';
import { visible, visibleLines } from '../../core/visible-text.ts';
import { wrapText } from '../display-width.ts';
import { diffLines } from '../line-diff.ts';
import { makePaint, type Paint } from '../terminal-style.ts';
import { scopeRows, standingOf, waiverStates, whatDiffers } from './comparison-words.ts';
import { classWords, groupDifferences } from './group-differences.ts';

/** Equal lines around a difference that are shown. */
const context = 2;
/** Beyond this, one text fills the screen; the other forms have it whole. */
const maxLines = 60;
/** Longer advice stands in the script only. */
const maxAdviceLines = 4;

/**
 * A comparison for a terminal, `-` for the left side and `+` for the right: security first, per object just what differs, and what was compared at all.
 *
 * @param columns of the window; text is wrapped to fit
 */
export function renderComparison(comparison: ExplainedComparison, output: { readonly columns: number; readonly color: boolean }): string {
  const paint = makePaint(output.color);
  const width = Math.max(40, Math.min(output.columns, 120));
  const { left, right, scope } = comparison;
  const lines = [`${paint('bad', '-')} ${visible(scope.leftServer)}`, `${paint('good', '+')} ${visible(scope.rightServer)}`, ''];
  for (const group of groupDifferences(comparison)) {
    lines.push(`${paint(group.class === 'security' ? 'bad' : 'strong', group.class)} ${paint('quiet', `(${classWords[group.class]}): ${group.count}`)}`, '');
    for (const { object, differences } of group.objects) {
      lines.push(...indented(`${object.kind} ${object.name}`, '  ', width).map((line) => paint('strong', line)));
      for (const difference of differences) lines.push(...differenceLines(difference, left, right, width, paint));
      const show = differences.find((one) => one.showSql !== undefined)?.showSql;
      if (show !== undefined) lines.push(...indented(`see it in psql: ${show}`, '    ', width).map((line) => paint('quiet', line)));
      lines.push('');
    }
  }
  const verdict = comparison.outcome === 'same' ? paint('goodBadge', ' SAME ') : paint('badBadge', ' DIFFERENT ');
  lines.push(
    `${verdict} ${wrapText(visible(comparison.summary), width - 13).join(`\n${' '.repeat(comparison.outcome === 'same' ? 7 : 12)}`)}`,
    '',
    ...waiverLines(comparison, width, paint),
  );
  for (const [term, text] of scopeRows(comparison)) {
    const [first = '', ...rest] = wrapText(visible(text), width - 14);
    lines.push(`${paint('quiet', term.padEnd(14))}${first}`, ...rest.map((line) => ' '.repeat(14) + line));
  }
  return `${lines.join('\n')}\n`;
}

function differenceLines(difference: ExplainedDifference, left: string, right: string, width: number, paint: Paint): readonly string[] {
  const { how, explanation, touchedBy, advice } = difference;
  const standing = standingOf(difference);
  const title = how === 'changed' ? whatDiffers(difference, left, right) : how === 'only-left' ? `only on the left (${left})` : `only on the right (${right})`;
  return [
    ...indented(title, '    ', width),
    ...(standing === undefined ? [] : indented(standing, '    ', width).map((line) => paint('doubt', line))),
    ...(explanation === undefined ? [] : indented(explanation, '    ', width).map((line) => paint('quiet', line))),
    ...valueLines(difference, width, paint),
    ...(touchedBy === undefined ? [] : indented(`last named by ${placeText(touchedBy)}`, '    ', width).map((line) => paint('quiet', line))),
    ...adviceLines(advice, width, paint),
  ];
}

/** Values that are one line on each side stand below each other; longer ones as the lines that differ. */
function valueLines({ how, left, right }: ExplainedDifference, width: number, paint: Paint): readonly string[] {
  const a = how === 'only-right' ? undefined : visibleLines(left ?? '(none)');
  const b = how === 'only-left' ? undefined : visibleLines(right ?? '(none)');
  const all = diffLines(a ?? '', b ?? '').filter(({ side }) => (a === undefined ? side === 'actual' : b === undefined ? side === 'expected' : true));
  const near = all.map((_, at) => all.slice(Math.max(0, at - context), at + context + 1).some((line) => line.side !== 'both'));
  const lines: string[] = [];
  all.forEach(({ side, text }, at) => {
    if (!near[at]) {
      if (near[at - 1]) lines.push(paint('quiet', '      …'));
      return;
    }
    const mark = { expected: '-', actual: '+', both: ' ' }[side];
    const shown = wrapText(text, width - 6).map((line, part) => `    ${part === 0 ? mark : ' '} ${line}`.trimEnd());
    lines.push(...shown.map((line) => (side === 'both' ? line : paint(side === 'expected' ? 'bad' : 'good', line))));
  });
  return lines.length <= maxLines ? lines : [...lines.slice(0, maxLines), paint('quiet', `      … ${lines.length - maxLines} more lines`)];
}

function adviceLines({ statements, loses }: ExplainedDifference['advice'], width: number, paint: Paint): readonly string[] {
  const lines = statements.flatMap((sql) => visibleLines(`${sql};`).split('\n'));
  if (lines.length === 0 || lines.length > maxAdviceLines) return [];
  return [
    ...(loses === undefined ? [] : indented(`would lose ${loses}:`, '    → ', width).map((line) => paint('bad', line))),
    ...lines.flatMap((line) => indented(line, '    → ', width)).map((line) => paint('quiet', line)),
  ];
}

function waiverLines({ waivers }: ExplainedComparison, width: number, paint: Paint): readonly string[] {
  if (waivers.length === 0) return [];
  const lines = waivers.flatMap(({ object, property, kind, expires, reason, matched, state }) => {
    const text = `${kind === undefined ? '' : `${kind} `}${object}: ${property}, until ${expires}: ${waiverStates[state]}, ${matched} matched. ${reason}`;
    return indented(text, '  - ', width).map((line) => (state === 'used' ? line : paint('bad', line)));
  });
  return [paint('strong', 'Waivers'), ...lines, ''];
}

function placeText({ migration, place }: NonNullable<ExplainedDifference['touchedBy']>): string {
  return place === undefined ? migration : `${place.file}${place.line === undefined ? '' : `:${place.line}`}`;
}

/** Wrapped text behind a mark; further lines stand below its beginning. */
function indented(text: string, mark: string, width: number): readonly string[] {
  return wrapText(visible(text), width - mark.length).map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}
