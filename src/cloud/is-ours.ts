import type { CloudFacts } from './cloud-facts.ts';
import { namePrefix } from './cloud-name.ts';
import { type CloudTags, tagNames, tagValue } from './cloud-tags.ts';

/** Whether the tags of a thing say what our ledger says of it. */
export function isOurs(tags: CloudTags, { run }: Pick<CloudFacts, 'run'>): boolean {
  return run !== '' && tags[tagNames.run] === tagValue(run);
}

/** Whether it was made by pgrehearse, whoever ran it. */
export function isTagged(identifier: string, tags: CloudTags): boolean {
  return identifier.startsWith(namePrefix) && (tags[tagNames.run] ?? '') !== '';
}
