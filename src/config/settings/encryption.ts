import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

/** How dumps are encrypted, and opened again. */
export const encryption = z
  .strictObject({
    recipients: z
      .array(z.string().regex(/^age1[a-z0-9]+$/, 'is no public key of age (age1…)'))
      .min(1)
      .optional()
      .meta({ description: 'Public keys of age (age1…): each of their holders can open the dump.' }),
    passphraseVariable: name.optional().meta({ description: 'The environment variable that holds a passphrase, instead of recipients.' }),
    identityFile: file.optional().meta({
      description:
        'A file with the private key (AGE-SECRET-KEY-1…) that opens dumps; only its owner may read it. Its public key is the recipient unless others are named.',
    }),
    identityVariable: name.optional().meta({ description: 'The environment variable that holds the private key, instead of identityFile.' }),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'names neither recipients nor a passphrase nor an identity',
    when: keysAreRight,
  })
  .refine((given) => given.recipients === undefined || given.passphraseVariable === undefined, {
    error: 'has both recipients and passphraseVariable',
    when: keysAreRight,
  });
