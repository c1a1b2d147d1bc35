import { type Comparison, type DifferenceClass, differenceClasses, type SchemaDifference } from '../../core/schema-difference.ts';
import { showLineDiff } from './line-diff.ts';

const about: Readonly<Record<DifferenceClass, string>> = {
  security: 'who may do what',
  semantic: 'what data and queries mean',
  order: 'the order of columns',
  names: 'the same thing under another name',
  physical: 'how rows are stored',
  comment: 'comments',
  unstable: 'never the same twice',
  environment: 'versions and settings',
  unexplained: 'something that could not be explained',
  'deparse-only': 'the same after a dump and restore',
};

/** A comparison as plain text for a terminal: the gravest class first, per object what differs, and what was compared at all. `-` is left, `+` is right. */
export function renderComparison(comparison: Comparison): string {
  const { differences, scope } = comparison;
  const lines = [`- ${scope.leftServer}`, `+ ${scope.rightServer}`, ''];
  for (const kind of differenceClasses) {
    const some = differences.filter((difference) => difference.class === kind);
    if (some.length === 0) continue;
    lines.push(`${kind} (${about[kind]}): ${some.length}`, '');
    for (const difference of some) lines.push(...renderDifference(difference), '');
  }
  const kinds = Object.entries(scope.kinds).map(([kind, count]) => `${count} ${kind}`);
  lines.push(
    differences.length === 0 ? 'No difference.' : `${differences.length} difference${differences.length === 1 ? '' : 's'}.`,
    `Compared: ${scope.objectsCompared} objects${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`} by ${scope.engines.join(' and ')}.`,
  );
  if (scope.cycles > 0) lines.push(`Expressions were compared after ${scope.cycles} dump/restore cycle${scope.cycles === 1 ? '' : 's'} of both sides.`);
  if (scope.excluded.length > 0) lines.push(`Left out as told: ${scope.excluded.join(', ')}.`);
  lines.push(`Not compared: ${scope.notCompared.join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

function renderDifference({ object, property, how, left, right, explanation }: SchemaDifference): readonly string[] {
  const title = `  ${object.kind} ${object.name}${property === undefined ? '' : `: ${property}`}`;
  const why = explanation === undefined ? [] : [`    (${explanation})`];
  if (how === 'only-left') return [`${title} only on the left`, ...why, ...marked('-', left)];
  if (how === 'only-right') return [`${title} only on the right`, ...why, ...marked('+', right)];
  if (left?.includes('\n') || right?.includes('\n'))
    return [
      title,
      ...why,
      ...showLineDiff(left ?? '', right ?? '')
        .split('\n')
        .map((line) => `    ${line}`),
    ];
  return [title, ...why, ...marked('-', left ?? '(none)'), ...marked('+', right ?? '(none)')];
}

function marked(mark: string, text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').map((line) => `    ${mark} ${line}`.trimEnd());
}
