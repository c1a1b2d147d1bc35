import { ok } from '../../core/result.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { configOption, defineCommand, flag } from '../command.ts';
import { jobsOption } from '../jobs-option.ts';
import { rehearseProject } from '../rehearse-project.ts';
import { reportsOf } from '../reports-of.ts';
import { openRunOutput } from '../run-output.ts';

export const rollback = defineCommand({
  name: 'rollback',
  about: 'Rehearse the way back alone: deploy to copies of production, take it back, and compare with what was before.',
  detail:
    'Nothing is rolled back in production, which is only read. Evidence and report are those of `run`, but the verdict speaks of the way back and not of the deploy. ' +
    'The ways are the configuration’s (rollback.ways). The exit code is the verdict: 0 PASS, 1 BLOCKER, 3 or 4 INCONCLUSIVE.',
  example: 'pgrehearse rollback',
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
      only: 'rollback',
      onEvent: output.emit,
      signal,
    });
    if (!ended.ok) return ended;
    output.close(reportsOf(ended.value, folder));
    return ok(ended.value.exitCode);
  },
});
