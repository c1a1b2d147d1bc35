import { ok } from '../../core/result.ts';
import { cloneNameOption, namedClone, openClone } from '../choose-clone.ts';
import { cloneEnvironment, exportLines } from '../clone-environment.ts';
import { choice, configOption, defineCommand } from '../command.ts';
import { makeContext } from '../make-context.ts';

export const env = defineCommand({
  name: 'env',
  about: 'Print the environment with which an application uses a kept clone.',
  detail: 'Prints DATABASE_URL, the PG* variables and the team’s own variables of the configuration. The output holds the clone’s password.',
  example: 'eval "$(pgrehearse env shop)"',
  arguments: [{ name: '[name]', about: 'Clone; may be left out where there is only one.' }],
  options: { name: cloneNameOption, shell: choice('form', ['sh', 'dotenv', 'json'], 'sh', 'Form of the lines'), config: configOption },
  async run({ args: [name], options, terminal, folder, signal }) {
    const named = namedClone(name, options.name);
    if (!named.ok) return named;
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const opened = await openClone(context.value, named.value);
    if (!opened.ok) return opened;
    const environment = await cloneEnvironment(opened.value.login, folder, options.config);
    if (!environment.ok) return environment;
    if (options.shell === 'json') terminal.printJson(environment.value);
    else if (options.shell === 'sh') for (const line of exportLines(environment.value)) terminal.print(line);
    else for (const [variable, value] of Object.entries(environment.value)) terminal.print(`${variable}=${value}`);
    return ok(0);
  },
});
