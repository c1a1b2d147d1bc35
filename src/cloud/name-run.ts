import { randomBytes } from 'node:crypto';
import type { Context } from '../core/ports.ts';

/** What the tag `pgrehearse:run` of all that is made now holds: the run’s id, or a random name where it is for a dump, which no run makes. */
export function nameRun({ runId }: Pick<Context, 'runId'>): string {
  return runId ?? `clone-${randomBytes(8).toString('hex')}`;
}
