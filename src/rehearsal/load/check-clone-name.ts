import { nameTaken } from '../../cluster/keep-clone.ts';
import { cloneLines } from '../../cluster/kept-clones.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** Before minutes are spent on copying: the name must be one that a shell needn't quote, and free. */
export async function checkCloneName(context: Context, name: string): Promise<Result<void>> {
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/i.test(name)) {
    return fail(failure('usage', `${JSON.stringify(name)} is no name for a clone`, { cure: 'Use letters, digits, dashes and underscores.' }));
  }
  const taken = (await cloneLines(context)).some(({ kept, label }) => kept && label === name);
  return taken ? fail(nameTaken(name)) : ok();
}
