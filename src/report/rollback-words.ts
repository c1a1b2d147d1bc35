import { leadsBack, tellDataDifference, tellExceptions, type WayBackReport, type WayBackStep, wayWords } from '../core/rollback.ts';
import { showCount, showCountOf, showDuration } from './measures.ts';

/** A way back in a sentence without full stop: `The way back by ways down restores everything, in 120 ms`. */
export function wayBackSentence({ way, steps }: WayBackReport): string {
  const whole = steps.findLast(({ migration }) => migration === undefined) ?? steps.at(-1);
  const wrong = steps.filter((step) => !leadsBack(step));
  const head = `The way back by ${wayWords[way]}`;
  if (wrong.length > 0) return `${head} doesn’t lead back: ${stepWords(wrong[0])}${wrong.length > 1 ? `, and ${showCount(wrong.length - 1)} more` : ''}`;
  const time = whole?.backMs === undefined ? '' : `, in ${showDuration(whole.backMs)}`;
  const since = way === 'restore' ? '; what was written since is lost' : '';
  return steps.some(({ changed }) => changed)
    ? `${head} restores schema and data${tellExceptions(steps)}${time}${since}`
    : `${head} proves nothing, since the deploy changed nothing`;
}

/** What is wrong with a step, in a few words. */
export function stepWords(step: WayBackStep | undefined): string {
  if (step === undefined) return 'nothing was taken back';
  const what = step.migration ?? 'all together';
  switch (step.outcome) {
    case 'missing':
      return `${what} has no way down`;
    case 'empty':
      return `${what} has an empty way down`;
    case 'failed':
      return `${what} failed${step.failure?.sql === undefined ? '' : ` with ${step.failure.sql.sqlstate}`}`;
    case 'not-tried':
      return `${what} could not be tried`;
    case 'done': {
      const [lost] = step.data.filter(({ declared }) => declared === undefined);
      if (lost !== undefined) return `${what}: ${tellDataDifference(lost)}`;
      const count = step.differences.filter(({ policy }) => policy === 'fail').length;
      return count > 0 ? `${what} leaves ${showCountOf(count, 'difference')} in the schema` : `${what}: ${step.ledger ?? 'restored'}`;
    }
    default:
      return step.outcome satisfies never;
  }
}
