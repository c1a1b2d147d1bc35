import type { Block, RunbookSection } from './document.ts';
import type { DeployedMigration } from './runbook-input.ts';

/** What to do when a step fails, by what is seen. */
export function failureModes(deployed: readonly DeployedMigration[]): RunbookSection {
  const alone = deployed.filter(({ rehearsed }) => rehearsed?.outcome?.ranAs === 'no-transaction').map(({ migration }) => migration.revision);
  const whole = deployed.filter(({ rehearsed }) => rehearsed?.outcome?.ranAs === 'one-transaction').map(({ migration }) => migration.revision);
  const left =
    alone.length === 0
      ? whole.length === 0
        ? 'Whether something of it stayed isn’t known: nothing was rehearsed.'
        : `${whole.join(', ')} ran in one transaction each: one that fails leaves nothing behind.`
      : `${alone.join(', ')} ran outside of a transaction: what came before the error stays.`;
  const mode = (heading: string, items: readonly string[]): readonly Block[] => [
    { kind: 'heading', text: heading },
    { kind: 'list', items },
  ];
  return {
    heading: 'When something fails',
    blocks: [
      {
        kind: 'text',
        text: `Don’t run the next migration: it builds on this one. Keep what the command printed, with the SQLSTATE; psql shows it with \`\\set VERBOSITY verbose\`. ${left}`,
      },
      ...mode('“already exists” (42P07, 42710, 42701, 42P06, 42723)', [
        'It was applied in part, or somebody made the object by hand. Look at both before you choose.',
        'A: take this migration back, put right what was wrong, and run it again. The safe one where you don’t know.',
        'B: leave out the statement, only if what is there is exactly what it would make. `pgrehearse run` on a fresh copy says whether it is, and what differs.',
      ]),
      ...mode('A constraint is violated (23502, 23503, 23505, 23514, 23P01)', [
        'Production holds rows that the migration wasn’t written for. `pgrehearse run` on a fresh copy counts them and prints the query that lists them.',
        'Put the rows right in a migration of their own, which is rehearsed too. Not by hand, and not by dropping the constraint.',
      ]),
      ...mode('A lock isn’t had, or a deadlock (55P03, 57014, 40P01)', [
        'Somebody’s transaction stands in the way. Nothing was changed by this statement.',
        'Look for it with the query under “Long transactions”, and ask whose it is. Ending somebody’s session in production is a person’s decision.',
        'Run the migration again when it is gone.',
      ]),
      ...mode('A right is missing (42501)', [
        'The role isn’t the one that was rehearsed, or production has changed since. Compare with `pgrehearse run` on a fresh copy. Don’t migrate as a superuser instead: row level security and ownership would come out otherwise.',
      ]),
      ...mode('The connection is lost (08006, 57P01, 57P03)', [
        'Whether the last statement was committed isn’t known. Look at the list of applied migrations, and ask this migration’s verify queries, before anything is run again.',
      ]),
      ...mode('A verify query gives something else', [
        'The migration ran and didn’t do what it is for. Take it back, and find out with a rehearsal on a fresh copy why production differs from what was rehearsed.',
      ]),
      ...mode('Nobody knows', ['Restore the backup, as under “Going back”. Data that was written since is lost: a person decides.']),
    ],
  };
}
