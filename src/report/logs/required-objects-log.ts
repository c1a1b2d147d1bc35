import { countOf } from '../../core/count-of.ts';
import { gatesNamed, type LogBody, type LogInput, whyNot } from './log-input.ts';

/** One line for each object: whether it is there, whether it is valid, and whether this deploy made it. */
export function requiredObjectsLog({ summary }: LogInput): LogBody {
  const gates = gatesNamed(summary, 'required-objects');
  const { requiredObjects } = summary;
  if (requiredObjects === undefined) return { notDone: whyNot(summary, 'schema-gate', 'no objects are required (requiredObjects)'), gates, lines: [] };
  const lines = requiredObjects.objects.map(({ kind, name, after, before, madeByThisDeploy, problems }) => {
    const state = !after ? 'MISSING' : problems.length > 0 ? `INVALID: ${problems.join('; ')}` : 'present and valid';
    const since = !after ? '' : before ? ', was there before' : ', made by this deploy';
    return `${kind} ${name}: ${state}${since}${madeByThisDeploy && before ? ' (this deploy was to make it)' : ''}`;
  });
  const wrong = requiredObjects.objects.filter(({ after, problems }) => !after || problems.length > 0).length;
  return { gates, lines: [...lines, '', `${countOf(requiredObjects.objects.length, 'object')}, ${wrong} missing or invalid.`] };
}
