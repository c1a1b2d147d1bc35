import type { SmokeReport } from '../../core/smoke.ts';
import { gatesNamed, type LogBody, type LogInput, whyNot } from './log-input.ts';

const moments: Readonly<Record<SmokeReport['moment'], string>> = {
  before: 'Today’s application before migrating',
  'old-on-new': 'Today’s application on the migrated clone',
  new: 'The new application on the migrated clone',
};

/** What was asked of the application and of its tables, and what came back. */
export function smokeLog({ summary }: LogInput): LogBody {
  const gates = gatesNamed(
    summary,
    'smoke',
    'smoke-before',
    'smoke-old-on-new',
    'required-tables',
    'invariant',
    'interrupted-migration',
    'query-compatibility',
    'pgtap',
  );
  const asked = gates.filter(({ outcome }) => outcome !== 'not-applicable');
  if (asked.length === 0 && summary.smoke.length === 0) {
    return { notDone: whyNot(summary, 'compatibility', 'no smoke check, required table, invariant or query is configured'), gates: [], lines: [] };
  }
  return { gates: asked, lines: summary.smoke.flatMap(momentLines) };
}

function momentLines({ moment, role, answers }: SmokeReport): readonly string[] {
  return [
    `${moments[moment]}, as ${role.named ? role.name : `${role.name}, the clone’s superuser, since no role is named`}:`,
    ...answers.map(({ name, kind, outcome, said, durationMs }) => `  ${outcome.toUpperCase()} ${name} (${kind}), ${Math.round(durationMs)} ms: ${said}`),
    '',
  ];
}
