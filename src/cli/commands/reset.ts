import { ok } from '../../core/result.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

export const reset = defineCommand({
  name: 'reset',
  about: 'Put a kept clone back to how it was loaded: same name, port and login.',
  detail: 'What was changed in it is lost. Its sessions are ended.',
  example: 'pgrehearse reset shop',
  arguments: [{ name: '<name>', about: 'Clone, by name or id.' }],
  options: { cloneMethod: cloneMethodOption, json: jsonOption },
  async run({ args: [name = ''], options, terminal, signal }) {
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
