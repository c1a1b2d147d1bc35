import { z } from 'zod';
import { name } from './fields.ts';

/** A command that shows that the application works. */
export const smoke = z.strictObject({
  name: name.meta({ description: 'What the report calls it.' }),
  command: z
    .array(name)
    .min(1)
    .meta({ description: 'Program and arguments, started without a shell against the migrated clone; exit code 0 means that it works.' }),
  timeoutSeconds: z.number().positive().default(120).meta({ description: 'The command is ended after this time.' }),
});
