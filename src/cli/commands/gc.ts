import { collectGarbage, type GarbageState } from '../../cluster/collect-garbage.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { Failure } from '../../core/failure.ts';
import type { Resource } from '../../core/resource.ts';
import { ok } from '../../core/result.ts';
import { visible } from '../../core/visible-text.ts';
import { configOption, defineCommand, dryRunOption, jsonOption, OptionError, type OptionSpec } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';
import { moment } from '../table.ts';

const leftoverExitCode = 5;

const reasons: Readonly<Record<GarbageState, string>> = {
  orphan: 'its maker is gone',
  expired: 'its time is over',
  kept: 'kept on purpose',
  'in-use': 'in use',
  needed: 'needed by something that stays',
  elsewhere: 'made on another machine',
};

type Adopt = 'expired' | 'all';
const adopt: OptionSpec<Adopt | undefined> = {
  placeholder: 'which',
  about:
    'Also delete what other machines, or this one with a ledger that was lost, made in the configured cloud, known by its tags: expired (past its time) or all, which may be at work.',
  parse: (given) => {
    if (given !== 'expired' && given !== 'all') throw new OptionError('must be expired or all');
    return given;
  },
  fallback: undefined,
};

export const gc = defineCommand({
  name: 'gc',
  about: 'Remove everything that pgrehearse made and that is past its time or was left behind.',
  detail:
    'On this machine, on servers that the ledger names, and in clouds: servers and snapshots there are deleted, and it waits until they are gone. Safe beside running rehearsals. ' +
    'Nothing is deleted in a cloud that has neither our tags nor a line in this machine’s ledger. Exit code 5 when something could not be removed.',
  example: 'pgrehearse gc --dry-run',
  options: { adopt, dryRun: dryRunOption, config: configOption, json: jsonOption },
  async run({ options, terminal, folder, signal }) {
    const { cloudPlaces } = await import('../../rehearsal/cloud/cloud-places.ts');
    const { cloudRemovers, patienceOf } = await import('../../rehearsal/cloud/cloud-removers.ts');
    const { sweepStrays } = await import('../../rehearsal/cloud/sweep-strays.ts');
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok && options.config !== undefined) return loaded;
    const settings = loaded.ok ? loaded.value.settings : undefined;
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ signal, emit: output.emit });
    if (!context.ok) return context;
    const report = await collectGarbage(context.value, { dryRun: options.dryRun, removers: cloudRemovers(patienceOf(settings)) });
    const swept = await sweepStrays(context.value, cloudPlaces(settings), { adopt: options.adopt, dryRun: options.dryRun, patience: patienceOf(settings) });
    output.close();
    const failures: readonly Failure[] = [...report.failures, ...swept.failures];
    // Where nobody could look, nobody knows whether something of ours is there; it isn't known to be, either.
    const notes = [...report.notes, ...swept.unseen.map(({ message }) => `The configured cloud could not be looked through: ${message}`)];
    if (!loaded.ok && loaded.failure.code !== 'config-not-found')
      notes.push(`The configuration has errors, so no cloud was looked through: ${loaded.failure.message}.`);
    if (options.json) terminal.printJson({ ...report, strays: swept.strays, removedStrays: swept.removed, notes, failures });
    else {
      const would = options.dryRun ? 'Would remove' : 'Removed';
      for (const resource of report.removed) terminal.print(`${would} ${named(resource)}.`);
      for (const stray of swept.removed) terminal.print(`${would} ${stray.thing} ${stray.identifier}, which was adopted.`);
      for (const { resource, state } of report.stays) {
        const until = state === 'kept' && resource.expiresAt !== undefined ? ` until ${resource.expiresAt}` : '';
        terminal.print(`Stays: ${named(resource)} (${reasons[state]}${until}).`);
      }
      for (const { thing, identifier, owner, deleteAfter, isExpired } of swept.strays) {
        const until = deleteAfter === undefined ? 'kept on purpose' : `${isExpired ? 'its time was over' : 'its time is'} ${moment(deleteAfter)}`;
        terminal.print(
          `Stays: ${thing} ${identifier} (not in this machine’s ledger; ${visible(owner ?? 'made by nobody knows whom')}, ${until}; --adopt takes it over).`,
        );
      }
      for (const note of notes) terminal.note(note);
      for (const { message, cure } of failures) terminal.note(`error: ${message}\n  → ${cure}`);
      if (report.removed.length + swept.removed.length === 0 && failures.length === 0) terminal.print('Nothing to remove.');
    }
    return ok(failures.length === 0 ? 0 : leftoverExitCode);
  },
});

/** @example named({ kind: 'image', label: 'image of shop' }) // 'image of shop', and `clone shop` for the clone */
function named({ kind, label }: Pick<Resource, 'kind' | 'label'>): string {
  return new RegExp(`(^| )${kind} `).test(label) ? label : `${kind} ${label}`;
}
