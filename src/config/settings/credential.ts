import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const kinds = ['variable', 'ssmParameter', 'secret', 'pgpass', 'command'] as const;

/** Who logs in, by the name under which it is kept; the value itself never stands in a configuration. */
export const credential = z
  .strictObject({
    variable: name.optional().meta({ description: 'An environment variable.' }),
    ssmParameter: name.optional().meta({ description: 'A parameter of AWS Systems Manager, by its name or ARN; it is decrypted.' }),
    secret: name.optional().meta({ description: 'A secret of AWS Secrets Manager, by its name or ARN.' }),
    pgpass: z
      .union([z.literal(true), file])
      .optional()
      .meta({ description: 'libpq’s password file: true for ~/.pgpass, or another one. Needs url or urlVariable.' }),
    command: z.array(name).min(1).optional().meta({ description: 'Program and arguments, started without a shell; it prints the credential.' }),
    region: name.optional().meta({ description: 'The region of ssmParameter or secret.' }),
    profile: name.optional().meta({ description: 'The profile of AWS’s configuration that may read it; what the SDK finds by itself unless given.' }),
  })
  .check((payload) => {
    if (!keysAreRight(payload)) return;
    const given = payload.value;
    const named = kinds.filter((kind) => given[kind] !== undefined);
    const tell = (message: string, path: string[] = []) => payload.issues.push({ code: 'custom', message, path, input: given });
    if (named.length !== 1) tell(`needs exactly one of ${kinds.join(', ')}`);
    const isOfAws = given.ssmParameter !== undefined || given.secret !== undefined;
    if (isOfAws && given.region === undefined) tell('is missing: the region of the secret', ['region']);
    for (const key of ['region', 'profile'] as const) {
      if (!isOfAws && given[key] !== undefined) tell('belongs to ssmParameter and secret only', [key]);
    }
  });

export type CredentialSettings = z.output<typeof credential>;
