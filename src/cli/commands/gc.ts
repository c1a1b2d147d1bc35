import { collectGarbage, type GarbageState } from '../../cluster/collect-garbage.ts';
import type { Resource } from '../../core/resource.ts';
import { ok } from '../../core/result.ts';
import { defineCommand, dryRunOption, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';

const leftoverExitCode = 5;

const reasons: Readonly<Record<GarbageState, string>> = {
  orphan: 'its maker is gone',
  expired: 'its time is over',
  kept: 'kept on purpose',
  'in-use': 'in use',
  needed: 'needed by something that stays',
  elsewhere: 'made on another machine',
};

export const gc = defineCommand({
  name: 'gc',
  about: 'Remove everything that pgrehearse made and that is past its time or was left behind.',
  detail: 'Safe beside running rehearsals. Exit code 5 when something could not be removed.',
  example: 'pgrehearse gc --dry-run',
  options: { dryRun: dryRunOption, json: jsonOption },
  async run({ options, terminal, signal }) {
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const report = await collectGarbage(context.value, { dryRun: options.dryRun });
    if (options.json) terminal.printJson(report);
    else {
      for (const resource of report.removed) terminal.print(`${options.dryRun ? 'Would remove' : 'Removed'} ${named(resource)}.`);
      for (const { resource, state } of report.stays) {
        const until = state === 'kept' && resource.expiresAt !== undefined ? ` until ${resource.expiresAt}` : '';
        terminal.print(`Stays: ${named(resource)} (${reasons[state]}${until}).`);
      }
      for (const note of report.notes) terminal.note(note);
      for (const { message, cure } of report.failures) terminal.note(`error: ${message}\n  → ${cure}`);
      if (report.removed.length === 0 && report.failures.length === 0) terminal.print('Nothing to remove.');
    }
    return ok(report.failures.length === 0 ? 0 : leftoverExitCode);
  },
});

/** @example named({ kind: 'image', label: 'image of shop' }) // 'image of shop', and `clone shop` for the clone */
function named({ kind, label }: Pick<Resource, 'kind' | 'label'>): string {
  return new RegExp(`(^| )${kind} `).test(label) ? label : `${kind} ${label}`;
}
