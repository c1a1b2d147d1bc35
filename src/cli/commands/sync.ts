import { loadSettings } from '../../config/load-settings.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { boundHeap } from '../../edge/system/bound-heap.ts';
import { configOption, defineCommand, flag, jsonOption, list, OptionError, type OptionSpec } from '../command.ts';
import { jobsOption } from '../jobs-option.ts';
import { leaveHomes, makeContext } from '../make-context.ts';
import { reportsOf } from '../reports-of.ts';
import { openProgress, openRunOutput } from '../run-output.ts';
import { toolVersion } from '../tool-version.ts';

const halves = ['tables', 'objects'] as const;

const onlyOption: OptionSpec<(typeof halves)[number] | undefined> = {
  placeholder: 'half',
  about: 'Only tables, or only objects.',
  parse: (given) => {
    const half = halves.find((known) => known === given);
    if (half === undefined) throw new OptionError(`must be ${halves.join(' or ')}`);
    return half;
  },
  fallback: undefined,
};

export const sync = defineCommand({
  name: 'sync',
  about: 'Bring production’s tables and objects to staging: masked, converted where types differ, proven, and told table by table.',
  detail:
    'Production is only read, at one snapshot. Staging has to prove that it is staging: by our stamp (--stamp, once) or by its identity in the configuration; it is never production, its primary or its replica. ' +
    'Each table is one transaction unless configured otherwise, compared with production before it is committed: a table that fails keeps its old rows. Ledgers of migration tools stay staging’s own. ' +
    'Everything is a run with evidence and report. Exit code 0 where all came, 1 where something didn’t, 3 or 4 where that isn’t known.',
  example: 'pgrehearse sync --dry-run',
  options: {
    dryRun: flag('Prove both sides, show tables, rows, conversions, refusals, objects and bytes; change nothing.'),
    yes: flag('Needed to replace what staging holds.'),
    tables: list('tables', 'Only these tables, in place of sync.tables.include; * stands for any text.'),
    only: onlyOption,
    stamp: flag('Prove that staging isn’t production, and write our stamp on it; nothing else.'),
    jobs: jobsOption,
    config: configOption,
    json: { ...jsonOption, about: 'Print every event as a line of JSON; with --dry-run and --stamp one document.' },
  },
  async run({ options, terminal, folder, signal }) {
    boundHeap();
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { dryRun, yes, stamp, json, jobs, only, tables } = options;
    const request = { settings: loaded.value.settings, folder: loaded.value.folder, toolVersion, only, tables };
    if (stamp || dryRun) {
      using output = openProgress(terminal, json, 'preconditions');
      const context = await makeContext({ emit: output.emit, signal, jobs });
      if (!context.ok) return context;
      try {
        if (stamp) {
          const { stampStaging } = await import('../../rehearsal/sync/stamp-staging.ts');
          const stamped = await stampStaging(context.value, request);
          output.close();
          if (!stamped.ok) return stamped;
          if (json) terminal.printJson(stamped.value);
          else terminal.print(`${stamped.value.staging} is stamped as staging.`);
          return ok(0);
        }
        const { planSync } = await import('../../rehearsal/sync/plan-sync.ts');
        const planned = await planSync(context.value, request);
        output.close();
        if (!planned.ok) return planned;
        if (json) terminal.printJson(planned.value);
        else {
          const { renderSyncPlan } = await import('../../report/sync/render-plan.ts');
          terminal.print(renderSyncPlan(planned.value, terminal.stdout.columns ?? 80));
        }
        return ok((planned.value.tables?.refused.length ?? 0) === 0 ? 0 : 1);
      } finally {
        await leaveHomes();
      }
    }
    if (!yes) return fail(failure('sync-unconfirmed', 'A sync replaces what staging’s tables hold.'));
    using output = openRunOutput(terminal, json);
    const context = await makeContext({ emit: output.emit, signal, jobs });
    if (!context.ok) return context;
    try {
      const { sync: bring } = await import('../../rehearsal/sync/sync.ts');
      const ended = await bring(context.value, request);
      if (!ended.ok) return ended;
      output.close(reportsOf(ended.value, folder));
      return ok(ended.value.exitCode);
    } finally {
      await leaveHomes();
    }
  },
});
