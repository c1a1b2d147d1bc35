import { z } from 'zod';
import { file } from './fields.ts';

/** What the repo says the schema should be. */
export const baseline = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('init-at-head').meta({ description: 'The baseline is the schema that is checked in; the migrations count as applied.' }),
    schema: z.array(file).min(1).meta({ description: 'The checked-in schema at head: SQL files, run in this order.' }),
    seed: z.array(file).default([]).meta({ description: 'SQL files with rows, run after schema.' }),
  }),
  z.strictObject({
    mode: z
      .literal('init-then-migrations')
      .meta({ description: 'The baseline is the whole history run from nothing: faults of the history itself stay invisible.' }),
    schema: z.array(file).default([]).meta({ description: 'SQL files run before the migrations, such as extensions.' }),
    seed: z.array(file).default([]).meta({ description: 'Rows that the history expects, loaded after schema and before the migrations.' }),
  }),
]);
