import { leadsBack, tellDataDifference } from '../../core/rollback.ts';
import { shellWord } from '../../core/shell-word.ts';
import { showDuration } from '../measures.ts';
import type { Block, RunbookSection, RunbookStep } from './document.ts';
import type { DeployedMigration, RunbookInput } from './runbook-input.ts';

/** The ways back, all together and one by one, with what was seen of them. */
export function goingBack({ evidence, settings }: RunbookInput, deployed: readonly DeployedMigration[]): RunbookSection {
  const downs = evidence?.waysBack.find(({ way }) => way === 'down')?.steps ?? [];
  const restored = evidence?.waysBack.find(({ way }) => way === 'restore')?.steps.at(-1);
  const whole = downs.find(({ migration }) => migration === undefined);
  const backup = settings.runbook.serverChecks.find((check) => check.kind === 'backup');
  const file = backup?.kind === 'backup' && backup.file !== undefined ? backup.file : 'BACKUP';
  const reversed = [...deployed].reverse();
  const all = reversed.map(({ migration }) => migration.downFile ?? migration.file);
  const canGoDown = reversed.length > 0 && reversed.every(({ migration }) => migration.down !== undefined);
  const blocks: Block[] = [{ kind: 'heading', text: 'All of it' }];
  if (canGoDown)
    blocks.push({
      ...{ kind: 'step', by: 'human', title: 'Take all migrations back, the latest first', language: 'sh' },
      command: `psql "$DATABASE_URL" -v ON_ERROR_STOP=1 --single-transaction ${all.map((one) => `-f ${shellWord(one)}`).join(' ')}`,
      detail: 'And take their lines out of the list of applied migrations.',
      ...seen(whole),
    });
  blocks.push(
    {
      ...{ kind: 'step', by: 'human', title: 'Restore the backup into a new database, and lead the application there', language: 'sh' },
      command: `createdb RESTORED\npg_restore --exit-on-error -d RESTORED ${shellWord(file)}`,
      detail:
        'Not with --clean into the old one: that drops only what is in the archive, so that what the migrations made stays, and ends with 0. What was written since the backup is lost.',
      ...seen(restored),
    },
    { kind: 'heading', text: 'One by one' },
  );
  for (const { migration } of reversed) {
    const step = downs.find(({ migration: of }) => of === migration.revision);
    blocks.push(
      migration.down === undefined
        ? { kind: 'text', text: `${migration.revision} has no way down: restore the backup.` }
        : {
            ...{ kind: 'step', by: 'human', title: `Take ${migration.revision} back`, language: 'sh' },
            command: `psql "$DATABASE_URL" -v ON_ERROR_STOP=1 --single-transaction -f ${shellWord(migration.downFile ?? migration.file)}`,
            ...seen(step),
          },
    );
  }
  return { heading: 'Going back', blocks };
}

function seen(step: NonNullable<RunbookInput['evidence']>['waysBack'][number]['steps'][number] | undefined): Pick<RunbookStep, 'took' | 'expect'> {
  if (step === undefined) return { expect: ['Not rehearsed.'] };
  const took = step.backMs === undefined ? {} : { took: showDuration(step.backMs) };
  const lost = step.data.map((difference) => tellDataDifference(difference));
  const drops = step.drops.length === 0 ? [] : [`It takes with it what was written since into ${step.drops.slice(0, 6).join(', ')}.`];
  if (step.outcome !== 'done')
    return { ...took, expect: [`When it was rehearsed: ${step.outcome}${step.why === undefined ? '' : `, since ${step.why}`}. Don’t rely on it.`] };
  const result = leadsBack(step)
    ? 'Rehearsed: it leads back to the schema and the data of before.'
    : `Rehearsed: it does NOT lead back (${[...step.differences.map(({ title }) => title), ...lost].slice(0, 3).join('; ')}).`;
  return { ...took, expect: [result, ...drops] };
}
