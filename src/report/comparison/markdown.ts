import type { ExplainedComparison, ExplainedDifference } from '../../core/explained-comparison.ts';
import { visibleLines } from '../../core/visible-text.ts';
import { diffLines } from '../line-diff.ts';
import { code, fenced, folded, prose, table } from '../markdown-pieces.ts';
import { showCountOf } from '../measures.ts';
import { scopeRows, standingOf, waiverStates, whatDiffers } from './comparison-words.ts';
import { classWords, groupDifferences } from './group-differences.ts';

/** GitHub refuses comments beyond 65,536 characters. */
const maxLength = 60_000;
const maxLines = 40;

/** A comparison as a comment for a pull request: security first, scope and advice folded, never longer than a comment may be. */
export function renderComparisonMarkdown(comparison: ExplainedComparison): string {
  const { left, right, scope, outcome, waivers, advice } = comparison;
  const head = [
    `## ${outcome === 'same' ? '✅ Same schema' : '⛔ Different schemas'}`,
    prose(comparison.summary),
    [`- \\- ${prose(scope.leftServer)}`, `- \\+ ${prose(scope.rightServer)}`].join('\n'),
  ];
  const blocks = groupDifferences(comparison).flatMap((group) => [
    `### ${group.class}: ${classWords[group.class]} (${group.count})`,
    ...group.objects.map(({ object, differences }) =>
      [`**${prose(object.kind)}** ${code(object.name)}`, ...differences.flatMap((one) => differenceParts(one, left, right))].join('\n\n'),
    ),
  ]);
  const tail = [
    ...(waivers.length === 0
      ? []
      : [
          '### Waivers',
          table(
            ['object', 'property', 'until', 'state', 'matched', 'reason'],
            waivers.map((one) => [code(one.object), code(one.property), one.expires, waiverStates[one.state], String(one.matched), prose(one.reason)]),
          ),
        ]),
    folded(
      'What was compared',
      table(
        ['', ''],
        scopeRows(comparison).map(([term, text]) => [term, prose(text)]),
      ),
    ),
  ];
  const script =
    advice.script === ''
      ? []
      : [folded(`SQL that would make ${advice.changes === 'left' ? 'A like B' : 'B like A'}: advice, never run`, fenced(visibleLines(advice.script), 'sql'))];
  return withinLimit(head, blocks, script, tail);
}

/** Scope and waivers always fit; of the differences, and then the script, as much as there is room for. */
function withinLimit(head: readonly string[], blocks: readonly string[], script: readonly string[], tail: readonly string[]): string {
  const join = (parts: readonly string[]) => `${parts.join('\n\n')}\n`;
  const full = join([...head, ...blocks, ...script, ...tail]);
  if (full.length <= maxLength) return full;
  let room = maxLength - join([...head, ...tail]).length - 100;
  const kept: string[] = [];
  for (const block of blocks) {
    room -= block.length + 2;
    if (room < 0) break;
    kept.push(block);
  }
  return join([...head, ...kept, `*${showCountOf(blocks.length - kept.length, 'more part')} in the other formats.*`, ...tail]).slice(0, maxLength);
}

function differenceParts(difference: ExplainedDifference, left: string, right: string): readonly string[] {
  const { explanation, touchedBy, advice } = difference;
  const standing = standingOf(difference);
  const remarks = [
    ...(standing === undefined ? [] : [`*${prose(standing)}*`]),
    ...(explanation === undefined ? [] : [prose(explanation)]),
    ...(touchedBy === undefined ? [] : [`last named by ${code(touchedBy.place?.file ?? touchedBy.migration)}`]),
    ...(advice.loses === undefined ? [] : [`**What would cure it loses ${prose(advice.loses)}**`]),
  ];
  return [`${prose(whatDiffers(difference, left, right))}${remarks.length === 0 ? '' : `: ${remarks.join('; ')}`}`, valueBlock(difference)];
}

function valueBlock({ how, left, right }: ExplainedDifference): string {
  const a = how === 'only-right' ? undefined : visibleLines(left ?? '(none)');
  const b = how === 'only-left' ? undefined : visibleLines(right ?? '(none)');
  const lines = diffLines(a ?? '', b ?? '')
    .filter(({ side }) => (a === undefined ? side === 'actual' : b === undefined ? side === 'expected' : true))
    .map(({ side, text }) => `${{ expected: '-', actual: '+', both: ' ' }[side]} ${text}`.trimEnd());
  const shown = lines.length <= maxLines ? lines : [...lines.slice(0, maxLines), `… ${showCountOf(lines.length - maxLines, 'more line')}`];
  return fenced(shown.join('\n'), 'diff');
}
