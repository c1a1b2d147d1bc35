import { ok } from '../../core/result.ts';
import { chooseClone, cloneNameOption, namedClone } from '../choose-clone.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

export const reset = defineCommand({
  name: 'reset',
  about: 'Put a kept clone back to how it was loaded: same name, port and login.',
  detail: 'What was changed in it is lost. Its sessions are ended.',
  example: 'pgrehearse reset shop',
  arguments: [{ name: '[name]', about: 'Clone; may be left out where there is only one.' }],
  options: { name: cloneNameOption, cloneMethod: cloneMethodOption, json: jsonOption },
  async run({ args: [bare], options, terminal, signal }) {
    const named = namedClone(bare, options.name);
    if (!named.ok) return named;
    const { resetClone } = await import('../../rehearsal/load/reset-clone.ts');
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal });
    if (!context.ok) return context;
    const chosen = await chooseClone(context.value, named.value);
    if (!chosen.ok) return chosen;
    const reset = await resetClone(context.value, named.value ?? chosen.value.resource.label, options.cloneMethod);
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
