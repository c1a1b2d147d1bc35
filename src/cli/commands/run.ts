import { ok } from '../../core/result.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { configOption, defineCommand, flag } from '../command.ts';
import { jobsOption } from '../jobs-option.ts';
import { rehearseProject } from '../rehearse-project.ts';
import { reportsOf } from '../reports-of.ts';
import { openRunOutput } from '../run-output.ts';

export const run = defineCommand({
  name: 'run',
  about: 'Rehearse the deploy: copy production, migrate the copy, say whether it is safe.',
  detail:
    'Production is only read. Clones are gone when the run ends; the evidence and its report stay in the run folder. ' +
    'The exit code is the verdict: 0 PASS, 1 BLOCKER, 3 or 4 INCONCLUSIVE.',
  example: 'pgrehearse run',
  options: {
    fresh: flag('Copy production even where an image that was made earlier would do.'),
    cloneMethod: cloneMethodOption,
    jobs: jobsOption,
    config: configOption,
    json: flag('Print every event as a line of JSON.'),
  },
  async run({ options, terminal, folder, signal }) {
    using output = openRunOutput(terminal, options.json);
    const ended = await rehearseProject({
      folder,
      configFile: options.config,
      fresh: options.fresh,
      cloneMethod: options.cloneMethod,
      jobs: options.jobs,
      onEvent: output.emit,
      signal,
    });
    if (!ended.ok) return ended;
    output.close(reportsOf(ended.value, folder));
    return ok(ended.value.exitCode);
  },
});
