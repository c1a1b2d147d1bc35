import { dropClone, findClone } from '../../cluster/kept-clones.ts';
import type { Failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { defineCommand, dryRunOption, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';

export const drop = defineCommand({
  name: 'drop',
  about: 'End and remove clones.',
  detail: 'Only what pgrehearse made on this machine can be named.',
  example: 'pgrehearse drop shop',
  arguments: [{ name: '<name...>', about: 'Clones, by name or id, as `pgrehearse clones` lists them.' }],
  options: { dryRun: dryRunOption, json: jsonOption },
  async run({ args, options, terminal, signal }) {
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const found = await Promise.all([...new Set(args)].map((name) => findClone(context.value, name)));
    // All names must be right before anything is dropped: a typo must not end in half of it done.
    const wrong = found.find((clone) => !clone.ok);
    if (wrong !== undefined && !wrong.ok) return wrong;
    const clones = found.flatMap((clone) => (clone.ok ? [clone.value.resource] : []));
    const failures: Failure[] = [];
    const dropped: string[] = [];
    for (const { id, label } of clones) {
      if (!options.dryRun) {
        const removed = await dropClone(context.value, id);
        if (!removed.ok) {
          failures.push(removed.failure);
          continue;
        }
      }
      dropped.push(label);
      if (!options.json) terminal.print(`${options.dryRun ? 'Would drop' : 'Dropped'} ${label}.`);
    }
    const [first] = failures;
    if (first !== undefined) return fail(failures.length === 1 ? first : { ...first, problems: failures });
    if (options.json) terminal.printJson({ dryRun: options.dryRun, dropped });
    return ok(0);
  },
});
