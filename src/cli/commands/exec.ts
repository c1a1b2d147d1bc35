import { failure } from '../../core/failure.ts';
import { fail } from '../../core/result.ts';
import { leadsElsewhere } from '../../migrate/command-environment.ts';
import { openClone } from '../choose-clone.ts';
import { cloneEnvironment } from '../clone-environment.ts';
import { configOption, defineCommand, text } from '../command.ts';
import { makeContext } from '../make-context.ts';

export const exec = defineCommand({
  name: 'exec',
  about: 'Run a program, such as the application, against a kept clone.',
  detail:
    'The program gets the variables that `pgrehearse env` prints. Variables of yours that lead to another database are left out, and named. ' +
    'The exit code is the program’s; signals are passed on.',
  example: 'pgrehearse exec --name shop -- npm start',
  arguments: [{ name: '<command...>', about: 'Program and arguments.' }],
  options: { name: text('name', 'Clone, by name or id; may be left out where there is only one.'), config: configOption },
  passesRestThrough: true,
  async run({ args: [command, ...args], options, terminal, folder, signal }) {
    if (command === undefined) return fail(failure('usage', 'no command is given'));
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const opened = await openClone(context.value, options.name);
    if (!opened.ok) return opened;
    const environment = await cloneEnvironment(opened.value.login, folder, options.config);
    if (!environment.ok) return environment;

    const leftOut: string[] = [];
    const elsewhere = leadsElsewhere({});
    const { system } = context.value.edge;
    const ran = system.runAttached({
      command,
      args,
      env: environment.value,
      inheritEnvironment: true,
      withoutVariable: (name, value) => {
        const away = elsewhere(name, value);
        if (away && !(name in environment.value)) leftOut.push(name);
        return away;
      },
    });
    // The environment is asked for while the program is started, so that this stands above its own output.
    if (leftOut.length > 0) terminal.note(`Left out, since it may lead to another database: ${leftOut.join(', ')}`);
    return await ran;
  },
});
