import { showDuration, showInstant } from '../measures.ts';
import { verdictHeadline, verdictWord } from '../words.ts';
import { closing, scope } from './closing.ts';
import type { RunbookDocument } from './document.ts';
import { afterwards, execution, rehearsing } from './execution.ts';
import { failureModes } from './failure-modes.ts';
import { goingBack } from './going-back.ts';
import { inventory } from './inventory.ts';
import { checklist, prerequisites } from './preparation.ts';
import { deployedMigrations, type RunbookInput } from './runbook-input.ts';

/**
 * The team's runbook, from its configuration, its migrations and the last rehearsal. The same input gives the same document, so that a file in the
 * repository can be held against it. Without a rehearsal it gives no times.
 */
export function buildRunbook(input: RunbookInput): RunbookDocument {
  const deployed = deployedMigrations(input);
  return {
    title: `${input.title}: runbook`,
    made: input.made,
    lead: [...(input.settings.runbook.purpose === undefined ? [] : [input.settings.runbook.purpose]), rehearsedSentence(input), ...input.stale],
    sections: [
      ...scope(input),
      { heading: 'What is deployed', blocks: inventory(deployed, input.evidence) },
      prerequisites(input),
      checklist(input),
      rehearsing(input),
      execution(input, deployed),
      afterwards(input),
      goingBack(input, deployed),
      failureModes(deployed),
      ...closing(input),
    ],
  };
}

function rehearsedSentence({ evidence, made }: RunbookInput): string {
  if (evidence === undefined) return 'Not rehearsed yet: nothing here was seen to work, and no time is given.';
  const when = evidence.startedAt === undefined ? '' : ` on ${showInstant(evidence.startedAt)}`;
  const sealed = made.evidence?.rootSha256 === undefined ? ' Its evidence isn’t sealed.' : '';
  return `Last rehearsed${when}: ${verdictWord(evidence)} (${verdictHeadline(evidence).toLowerCase()}), in ${showDuration(evidence.durationMs)}.${sealed}`;
}
