import { entry, type FailureEntry } from './entry.ts';

/** What a rehearsal does with a clone, and its evidence. */
export const rehearsalFailures = {
  'compare-failed': entry('inconclusive', 'environment', 'The comparison could not be completed', 'Read the cause that is named.'),
  'check-failed': entry('inconclusive', 'sql-error', 'A check could not be carried out', 'Correct the check’s SQL, role or settings.'),
  'evidence-not-written': entry(
    'inconclusive',
    'environment',
    'The evidence could not be written',
    'Free disk space, or make the folder that is named writable, and run again.',
  ),
  'evidence-not-found': entry('usage', 'environment', 'There is no such run', 'List the runs with `pgrehearse runs`.'),
  'evidence-damaged': entry('usage', 'environment', 'The evidence of a run is damaged', 'Run again; `pgrehearse evidence verify` names what was altered.'),
  interrupted: entry('inconclusive', 'environment', 'The run was interrupted', 'Run again.'),
  'recorder-failed': entry(
    'inconclusive',
    'environment',
    'The flight recorder could not be started, or stopped recording',
    'Correct what is said that it lacked, or set record.enabled to false: then nothing is known of locks, rewrites and stalls.',
  ),
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
  'branch-differs': entry(
    'inconclusive',
    'environment',
    'What is checked out is not what is deployed',
    'Check out and commit what is deployed, or correct preconditions.branches.',
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
  'signature-not-made': entry(
    'inconclusive',
    'environment',
    'The run could not be signed',
    'Check the key of evidence.signing, and that ssh-keygen or minisign is installed; `pgrehearse doctor` looks at both.',
  ),
} as const satisfies Record<string, FailureEntry>;
