import { ok } from '../../core/result.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

export const reset = defineCommand({
  name: 'reset',
  about: 'Put a kept clone back to how it was loaded: same name, port and login.',
  detail: 'What was changed in it is lost. Its sessions are ended.',
  example: 'pgrehearse reset shop',
  arguments: [{ name: '<name>', about: 'Clone, by name or id.' }],
  options: { json: jsonOption },
  async run({ args: [name = ''], options, terminal, signal }) {
    const { resetClone } = await import('../../rehearsal/reset-clone.ts');
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal });
    if (!context.ok) return context;
    const clone = await resetClone(context.value, name);
    output.close();
    if (!clone.ok) return clone;
    const { host, port, database } = clone.value.login;
    if (options.json) terminal.printJson({ name: clone.value.label, id: clone.value.id, host, port, database });
    else terminal.print(`Clone ${clone.value.label} is as it was loaded, running on ${host}:${port}.`);
    return ok(0);
  },
});
