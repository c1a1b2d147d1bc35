import type { AwsTag } from '../core/aws-things.ts';
import type { Context } from '../core/ports.ts';

/** Tags by their names. */
export type CloudTags = Readonly<Record<string, string>>;

/** What everything that we make is tagged with when it is created: by these it is known as ours without our ledger, and may be deleted by policies that ask for them. */
export const tagNames = {
  /** The run that made it: the same in the ledger. */
  run: 'pgrehearse:run',
  /** Its line in the ledger of the machine that made it: a run makes several things. */
  line: 'pgrehearse:line',
  /** Who to ask: `user@machine`. */
  owner: 'pgrehearse:owner',
  /** What of production it shows. */
  source: 'pgrehearse:source',
  created: 'pgrehearse:created',
  /** From when on anybody may delete it; ISO 8601. Absent on what is kept on purpose. */
  deleteAfter: 'pgrehearse:delete-after',
  /** US dollars, where whoever made it had set a price: other machines know it by this. */
  pricePerHour: 'pgrehearse:price-per-hour',
} as const;

const hourMs = 3_600_000;

/** @param deleteAfterHours absent: it is to be kept. */
export function ownTags(
  context: Context,
  given: {
    readonly run: string;
    readonly line: string;
    readonly source: string;
    readonly deleteAfterHours?: number;
    readonly pricePerHour?: number | undefined;
  },
): CloudTags {
  const now = context.now();
  const { user, host } = context.edge.system;
  return {
    [tagNames.run]: tagValue(given.run),
    [tagNames.line]: tagValue(given.line),
    [tagNames.owner]: tagValue(`${user}@${host}`),
    [tagNames.source]: tagValue(given.source),
    [tagNames.created]: now.toISOString(),
    ...(given.deleteAfterHours === undefined ? {} : { [tagNames.deleteAfter]: new Date(now.getTime() + given.deleteAfterHours * hourMs).toISOString() }),
    ...(given.pricePerHour === undefined ? {} : { [tagNames.pricePerHour]: String(given.pricePerHour) }),
  };
}

const longestValue = 256;

/** Letters, digits and a few signs are all that a tag's value may hold: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html. */
export function tagValue(text: string): string {
  // By letters, not by halves of them.
  return Array.from(text.replace(/[^\p{L}\p{N} _.:/=+@-]/gu, '-'))
    .slice(0, longestValue)
    .join('');
}

export function toAwsTags(tags: CloudTags): readonly AwsTag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromAwsTags(list: readonly AwsTag[] | undefined): CloudTags {
  return Object.fromEntries((list ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}
