import { failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { cloneNameOption, namedClone } from '../choose-clone.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

export const reset = defineCommand({
  name: 'reset',
  about: 'Put a kept clone back to how it was loaded: same name, port and login.',
  detail: 'What was changed in it is lost. Its sessions are ended.',
  example: 'pgrehearse reset shop',
  arguments: [{ name: '[name]', about: 'Clone, by name or id; it has to be named, as an argument or with --name.' }],
  options: { name: cloneNameOption, cloneMethod: cloneMethodOption, json: jsonOption },
  async run({ args: [bare], options, terminal, signal }) {
    const named = namedClone(bare, options.name);
    if (!named.ok) return named;
    const { value: name } = named;
    // What it throws away can't be had back, so that even the only clone has to be meant.
    if (name === undefined)
      return fail(failure('usage', 'no clone is named', { cure: 'Name it, as in `pgrehearse reset shop`; `pgrehearse clones` lists them.' }));
    const { resetClone } = await import('../../rehearsal/load/reset-clone.ts');
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal });
    if (!context.ok) return context;
    const reset = await resetClone(context.value, name, options.cloneMethod);
    output.close();
    if (!reset.ok) return reset;
    const { id, label, login } = reset.value.clone;
    const { method } = reset.value;
    const { host, port, database } = login;
    if (options.json) terminal.printJson({ name: label, id, host, port, database, method });
    else terminal.print(`Clone ${label} is as it was loaded, running on ${host}:${port} (${method}).`);
    const settled = await reset.value.settled;
    return settled.ok ? ok(0) : settled;
  },
});
