import { z } from 'zod';

/** What classes of servers cost the team, by name. */
export const pricesOf = (className: z.ZodString, example: string) =>
  z
    .record(className, z.number().positive('must be more than 0: leave out a class whose price you don’t know'))
    .default({})
    .meta({
      description: `What a server of a class costs you without its storage, in US dollars an hour: { "${example}": 0.31 }. It goes before the public list price, which is known for a few classes of one region only. clone --dry-run and clones tell it.`,
    });
