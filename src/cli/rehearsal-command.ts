import { ok } from '../core/result.ts';
import { cloneMethodOption } from './clone-method-option.ts';
import { cloudChoices, cloudOptions } from './cloud-options.ts';
import { type Command, configOption, defineCommand, flag } from './command.ts';
import { jobsOption } from './jobs-option.ts';
import { type ProjectRehearsal, rehearseProject } from './rehearse-project.ts';
import { reportsOf } from './reports-of.ts';
import { openRunOutput } from './run-output.ts';

type Told = Pick<Command, 'name' | 'about' | 'example'> & { readonly detail: string };

/** A command that rehearses the project's deploy, or a part of it; its exit code is the verdict's. */
export function rehearsalCommand(told: Told, part: Pick<ProjectRehearsal, 'only'> = {}): Command {
  return defineCommand({
    ...told,
    options: {
      fresh: flag('Copy production even where an image that was made earlier would do.'),
      cloneMethod: cloneMethodOption,
      ...cloudOptions,
      jobs: jobsOption,
      config: configOption,
      json: flag('Print every event as a line of JSON.'),
    },
    async run({ options, terminal, folder, signal }) {
      using output = openRunOutput(terminal, options.json);
      const { config: configFile, fresh, cloneMethod, jobs } = options;
      const ended = await rehearseProject({
        folder,
        configFile,
        fresh,
        cloneMethod,
        jobs,
        cloud: cloudChoices(options),
        ...part,
        onEvent: output.emit,
        signal,
      });
      if (!ended.ok) return ended;
      output.close(reportsOf(ended.value, folder));
      return ok(ended.value.exitCode);
    },
  });
}
