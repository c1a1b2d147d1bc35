import { createHash, randomBytes } from 'node:crypto';
import type { MaskingSettings } from '../../config/schema.ts';
import type { SystemPort } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';

const shortestSalt = 16;

export interface Salt {
  /** 64 hexadecimal digits. */
  readonly salt: Secret;
  readonly from: 'variable' | 'random';
  /** Why the configured variable is of no use; the salt is random then, and nothing may be copied with it. */
  readonly problem?: string;
}

/** The salt as sessions get it: made from the variable that is configured, else random. */
export function readSalt(system: Pick<SystemPort, 'environment'>, { saltVariable }: Pick<MaskingSettings, 'saltVariable'>): Salt {
  const random = (problem?: string): Salt => ({
    salt: new Secret(randomBytes(32).toString('hex')),
    from: 'random',
    ...(problem === undefined ? {} : { problem }),
  });
  if (saltVariable === undefined) return random();
  const given = system.environment(saltVariable);
  if (given === undefined) return random(`masking.saltVariable: the environment variable ${saltVariable} is not set`);
  if (given.length < shortestSalt) return random(`masking.saltVariable: ${saltVariable} is shorter than ${shortestSalt} characters`);
  return { salt: new Secret(createHash('sha256').update(`pgrehearse salt ${given}`).digest('hex')), from: 'variable' };
}
