import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import { configOption, defineCommand, flag } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openRunOutput } from '../run-output.ts';
import { toolVersion } from '../tool-version.ts';

export const run = defineCommand({
  name: 'run',
  about: 'Rehearse the deploy: copy production, migrate the copy, and say whether it is safe.',
  detail:
    'Production is only read. Clones are gone when the run ends; the evidence and its report stay in the run folder. The exit code is the verdict: 0 PASS, 1 BLOCKER, 3 or 4 INCONCLUSIVE.',
  example: 'pgrehearse run',
  options: { config: configOption, json: flag('Print every event as a line of JSON.') },
  async run({ options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { rehearse } = await import('../../rehearsal/rehearse.ts');
    await using output = openRunOutput(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal });
    if (!context.ok) return context;
    const ended = await rehearse(context.value, { settings: loaded.value.settings, folder: loaded.value.folder, toolVersion });
    return ended.ok ? ok(ended.value.exitCode) : ended;
  },
});
