import { relative } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import { countMasked } from '../../core/masking.ts';
import { ok } from '../../core/result.ts';
import { showBytes, showCountOf, showDuration } from '../../report/measures.ts';
import { cloudChoices, cloudOptions } from '../cloud-options.ts';
import { configOption, defineCommand, dryRunOption, flag, jsonOption } from '../command.ts';
import { jobsOption } from '../jobs-option.ts';
import { makeContext } from '../make-context.ts';
import { costLines } from '../price-words.ts';
import { openProgress } from '../run-output.ts';
import type { Terminal } from '../terminal.ts';

export const clone = defineCommand({
  name: 'clone',
  about: 'Copy production into a dump folder, at one snapshot; production is only read.',
  detail:
    'The folder holds SQL and a file of rows for each table, which `pgrehearse load` reads, and psql without us (restore.sql). With --dry-run, only what is known of production is read and printed. ' +
    'Where the source is production in a cloud (source.rds, source.aurora, source.azure), it is restored or cloned to a server of our own, which is deleted when the dump is written; --dry-run then tells the steps, their cost and their time.',
  example: 'pgrehearse clone',
  options: {
    resume: flag('Go on with an interrupted dump, where the source can’t have changed (source.unchanging).'),
    dryRun: dryRunOption,
    ...cloudOptions,
    jobs: jobsOption,
    config: configOption,
    json: jsonOption,
  },
  async run({ options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { cloneProduction } = await import('../../rehearsal/source/clone-production.ts');
    const { copyBesideInPlace, runInPlace } = await import('../../rehearsal/in-place/words-in-place.ts');
    const beside = copyBesideInPlace(loaded.value.settings);
    if (beside !== undefined && !options.dryRun) terminal.note(beside);
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal, jobs: options.jobs, cloud: cloudChoices(options) });
    if (!context.ok) return context;
    const cloned = await cloneProduction(context.value, {
      settings: loaded.value.settings,
      folder: loaded.value.folder,
      dryRun: options.dryRun,
      resume: options.resume,
    });
    output.close();
    if (!cloned.ok) return cloned;
    const { facts, plan, written } = cloned.value;
    if (options.json) terminal.printJson({ dryRun: options.dryRun, ...cloned.value });
    else if (plan !== undefined) {
      printPlan(terminal, plan);
      const inPlace = runInPlace(loaded.value.settings);
      if (inPlace !== undefined) terminal.print(`In place:   ${inPlace}`);
    } else if (facts !== undefined) {
      terminal.print(`Production: ${facts.label}, PostgreSQL ${facts.serverVersion}, ${showBytes(facts.sizeBytes)}, as of ${facts.dataAsOf}`);
      if (facts.extensions.length > 0) terminal.print(`Extensions: ${facts.extensions.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
      for (const unknown of facts.unknown) terminal.print(`Not known:  ${unknown}`);
      if (written === undefined) terminal.print('Nothing was copied.');
      else {
        terminal.print(
          `Dump:       ${relative(folder, written.folder) || written.folder}, ${showCountOf(written.report.rows, 'row')}, ${showBytes(written.sizeBytes)}`,
        );
        terminal.print(`Snapshot:   held for ${showDuration(written.report.snapshotHeldMs)}`);
        if (written.report.masking !== undefined) terminal.print(`Masked:     ${countMasked(written.report.masking)}`);
        for (const { message, cure } of written.report.losses) terminal.print(`Lost:       ${message}\n            → ${cure}`);
        terminal.print(
          `It holds production’s data${written.encrypted ? ', encrypted' : ''}: \`pgrehearse gc\` removes it after ${written.expiresAt}, \`pgrehearse drop --dump\` at once. Next: \`pgrehearse load\`.`,
        );
      }
    }
    return ok(0);
  },
});

function printPlan(terminal: Terminal, { kind: cloud, region, steps, warnings, prices, minutes: [from, to] }: ThrowawayPlan): void {
  terminal.print('It would:');
  for (const [index, step] of steps.entries()) terminal.print(`  ${index + 1}. ${step}`);
  for (const warning of warnings) terminal.print(`Warning:    ${warning}`);
  terminal.print(`Time:       ${from} to ${to} min, and the copying itself`);
  for (const [index, line] of costLines({ cloud, region }, prices).entries()) terminal.print(`${index === 0 ? 'Cost:' : '     '}       ${line}`);
  terminal.print('Nothing was made or changed.');
}
