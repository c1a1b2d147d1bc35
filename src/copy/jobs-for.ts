import type { Context } from '../core/ports.ts';

const mostUnlessTold = 4;

/** How many work side by side: as told here, else as asked for by the person, else one for each core, at most 4. */
export function jobsFor(context: Pick<Context, 'jobs' | 'edge'>, told?: number): number {
  return told ?? context.jobs ?? Math.min(mostUnlessTold, context.edge.system.cores);
}
