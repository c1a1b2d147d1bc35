import { entry, type FailureEntry } from './entry.ts';

/** AWS and Azure, and servers that are restored there. */
export const cloudFailures = {
  'cloud-unreachable': entry(
    'inconclusive',
    'connection',
    'The cloud gave no answer',
    'Check network, proxy and region, and run again: what was begun is found and finished.',
  ),
  'cloud-credentials': entry(
    'inconclusive',
    'authentication',
    'The cloud doesn’t accept the credentials',
    'Log in again (`aws sso login --profile …`, `az login`), or check the profile and the AWS_* or AZURE_* variables.',
  ),
  'cloud-wrong-account': entry(
    'usage',
    'environment',
    'These credentials belong to another account',
    'Use the profile of the account that is configured, or correct the account.',
  ),
  'cloud-access-denied': entry('inconclusive', 'privileges', 'The cloud doesn’t permit the call', 'Grant what `pgrehearse doctor --iam` prints.'),
  'cloud-quota': entry(
    'inconclusive',
    'quota',
    'A quota or a capacity of the cloud is used up',
    'Raise the quota that is named, remove what isn’t needed, or configure other instance classes.',
  ),
  'cloud-key': entry(
    'inconclusive',
    'kms',
    'An encryption key can’t be used',
    'Grant the use of the key that is named, or copy the snapshot with a key of your own.',
  ),
  'cloud-not-found': entry(
    'inconclusive',
    'environment',
    'The cloud has no such thing',
    'Check name, region and account; the candidates are named where there are any.',
  ),
  'cloud-refused': entry('inconclusive', 'environment', 'The cloud refused a call', 'Read its words; they name the parameter or the state.'),
  'cloud-throttled': entry('inconclusive', 'environment', 'The cloud wants fewer calls', 'Wait a while and run again.'),
  'cloud-not-permitted': entry(
    'usage',
    'environment',
    'Nothing in the cloud may be changed without being asked for',
    'Look at `--dry-run`, then run again with --yes, or allow it in the configuration.',
  ),
  'snapshot-missing': entry('inconclusive', 'environment', 'There is no snapshot that could be restored', 'Allow a new one to be taken, or name one.'),
  'throwaway-failed': entry(
    'inconclusive',
    'environment',
    'The restored server didn’t become usable',
    'Read what state it ended in; the restored server was deleted again.',
  ),
  'throwaway-timed-out': entry(
    'inconclusive',
    'environment',
    'The restored server didn’t become ready in time',
    'Look at the cloud’s own events for it; raise the limit where the data is large.',
  ),
  'throwaway-in-use': entry(
    'leftover',
    'environment',
    'Another process is at work on a server in the cloud',
    'Wait until it has ended; `pgrehearse gc` removes what it leaves.',
  ),
  'throwaway-left': entry(
    'leftover',
    'environment',
    'A server in the cloud could not be removed',
    'Run `pgrehearse gc` until it says that nothing is left; it costs money until then.',
  ),
  'cloud-network': entry(
    'inconclusive',
    'environment',
    'The network in the cloud doesn’t take the server',
    'Correct the subnet group or the security groups; without such settings production’s own are used.',
  ),
} as const satisfies Record<string, FailureEntry>;
