import type { Block, RunbookSection } from './document.ts';
import type { RunbookInput } from './runbook-input.ts';
import { skippedOf } from './skipped.ts';

/** When to use the runbook, and when not. */
export function scope({ settings, stale }: RunbookInput): readonly RunbookSection[] {
  const { whenToUse, whenNotToUse } = settings.runbook;
  const always = [
    'The configuration or a migration has changed since it was rehearsed: rehearse again, and write this anew.',
    ...(stale.length === 0 ? [] : ['Now: see the top of this page.']),
    'The last rehearsal isn’t a PASS.',
  ];
  return [
    ...(whenToUse.length === 0 ? [] : [{ heading: 'When to use it', blocks: [{ kind: 'list', items: whenToUse } satisfies Block] }]),
    { heading: 'When not to', blocks: [{ kind: 'list', items: [...whenNotToUse, ...always] }] },
  ];
}

/** How to go on after a fault, what to remove, what is open, and what has gone wrong before. */
export function closing(input: RunbookInput): readonly RunbookSection[] {
  const { cleanup, notCovered, troubleshooting } = input.settings.runbook;
  const config = input.configFile === undefined ? '' : ` --config ${input.configFile}`;
  return [
    {
      heading: 'Again, after a fault',
      blocks: [
        {
          kind: 'step',
          by: 'agent',
          title: 'Try by hand on a copy',
          language: 'sh',
          command: `npx pgrehearse load${config}\nnpx pgrehearse exec${config} -- psql`,
        },
        { kind: 'step', by: 'agent', title: 'Begin again on the same copy, unmigrated', language: 'sh', command: 'npx pgrehearse reset' },
        { kind: 'step', by: 'agent', title: 'Rehearse all of it anew', language: 'sh', command: `npx pgrehearse run${config}` },
      ],
    },
    {
      heading: 'Cleanup',
      blocks: [
        {
          kind: 'step',
          by: 'agent',
          title: 'Remove copies of production',
          language: 'sh',
          command: 'npx pgrehearse clones\nnpx pgrehearse drop CLONE\nnpx pgrehearse gc',
        },
        ...(cleanup.length === 0 ? [] : [{ kind: 'list', items: cleanup, checklist: true } satisfies Block]),
      ],
    },
    {
      heading: 'What isn’t covered',
      blocks: [
        {
          kind: 'list',
          items: [
            'What production has become since the copy was made.',
            'Production’s own load, hardware and network: times are those of the machine that rehearsed.',
            ...notCovered,
            ...skippedOf(input.evidence),
          ],
        },
      ],
    },
    ...(troubleshooting.length === 0
      ? []
      : [
          {
            heading: 'Troubleshooting',
            blocks: [
              { kind: 'table', head: ['What is seen', 'What to do'], rows: troubleshooting.map(({ symptom, remedy }) => [symptom, remedy]) } satisfies Block,
            ],
          },
        ]),
  ];
}
