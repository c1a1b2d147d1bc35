/**
 * What a log that the team names may hold. Each is made from the journal alone; where its phase didn't run, its first line says so.
 *
 * - `attestation`: where the clone came from, and what was asked for before anything ran
 * - `row-parity`: rows of each table, in production and on the clone
 * - `anchor-parity`: the clone's structure against the repo's at the revision that is stamped
 * - `stamp`: how the ledger was written, and that nothing else was
 * - `current-after-stamp`, `current-after-upgrade`: what the ledger says, and how many heads there are
 * - `upgrade`: each migration and statement as it ran, and what the team's tool printed
 * - `required-objects`: objects that had to be there afterwards
 * - `smoke`: whether the application works
 */
export const logContents = [
  'attestation',
  'row-parity',
  'anchor-parity',
  'stamp',
  'current-after-stamp',
  'upgrade',
  'current-after-upgrade',
  'required-objects',
  'smoke',
] as const;

export type LogContent = (typeof logContents)[number];
