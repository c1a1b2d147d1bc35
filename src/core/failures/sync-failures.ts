import { entry, type FailureEntry } from './entry.ts';

/** Staging’s tables and objects. */
export const syncFailures = {
  'bucket-unusable': entry(
    'inconclusive',
    'environment',
    'A bucket can’t be used as it is configured',
    'Correct what the sentence names: name, region, owner or rights.',
  ),
  'objects-source-empty': entry(
    'inconclusive',
    'data-volume',
    'Production’s bucket reads as empty, and staging’s isn’t',
    'Check bucket, prefix, include and exclude: an empty listing is more often a mistake than the truth.',
  ),
  'objects-stopped': entry(
    'inconclusive',
    'environment',
    'Copying objects was given up',
    'Correct what the sentence names and run again: what was copied stays.',
  ),
  'sync-wrong-side': entry(
    'usage',
    'environment',
    'A side of the sync is not what is configured',
    'Correct the URL or profile, or what is configured of its identity; nothing was read or changed.',
  ),
  'staging-unproven': entry(
    'usage',
    'environment',
    'Nothing proves that the target is staging',
    'Stamp it once with `pgrehearse sync --stamp`, or name its database and systemIdentifier in sync.staging.identity.',
  ),
  'sync-unconfirmed': entry(
    'usage',
    'environment',
    'Staging’s data is only replaced when that is asked for',
    'Look at `--dry-run`, then run again with --yes.',
  ),
  'sync-failed': entry('inconclusive', 'fidelity', 'The sync could not be carried out', 'Read what is named; staging’s tables are as they were.'),
} as const satisfies Record<string, FailureEntry>;
