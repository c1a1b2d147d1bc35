import { createHash, randomBytes } from 'node:crypto';
import type { MaskingSettings } from '../../config/schema.ts';
import type { SystemPort } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';

const shortestSalt = 16;

/** The salt as sessions get it: 64 hexadecimal digits. From the variable that is configured, else random; a problem when that variable is of no use. */
export function readSalt(
  system: Pick<SystemPort, 'environment'>,
  { saltVariable }: Pick<MaskingSettings, 'saltVariable'>,
): { readonly salt: Secret; readonly from: 'variable' | 'random' } | { readonly problem: string } {
  if (saltVariable === undefined) return { salt: new Secret(randomBytes(32).toString('hex')), from: 'random' };
  const given = system.environment(saltVariable);
  if (given === undefined) return { problem: `masking.saltVariable: the environment variable ${saltVariable} is not set` };
  if (given.length < shortestSalt) return { problem: `masking.saltVariable: ${saltVariable} is shorter than ${shortestSalt} characters` };
  return { salt: new Secret(createHash('sha256').update(`pgrehearse salt ${given}`).digest('hex')), from: 'variable' };
}
