import { z } from 'zod';
import { file, name } from './fields.ts';

/** Tests that the team has written with pgTAP. */
export const pgTap = z.strictObject({
  files: z
    .array(file)
    .min(1)
    .meta({ description: 'Files, folders (all .sql and .pg below) or patterns such as `test/**/*.sql`, relative to the configuration file.' }),
  role: name.optional().meta({ description: 'The role that they run as, by SET LOCAL ROLE; a superuser, whom row level security never stops, unless given.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
});
