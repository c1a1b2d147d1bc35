import { ok } from '../../core/result.ts';
import { verifyEvidence } from '../../evidence/verify-evidence.ts';
import { configOption, defineCommand, jsonOption } from '../command.ts';
import { findRun } from '../find-run.ts';

export const evidenceVerify = defineCommand({
  name: 'evidence verify',
  about: 'Prove that the record of a run is whole and unaltered.',
  detail: 'Exit code 0 when it is, 1 when a file was changed, added or removed since the run ended.',
  example: 'pgrehearse evidence verify .pgrehearse/runs/20261121-024500-7f3a',
  arguments: [{ name: '[run]', about: 'Run, or its folder; the newest unless given.' }],
  options: { config: configOption, json: jsonOption },
  async run({ args: [named], options, terminal, folder }) {
    const run = await findRun(folder, options.config, named);
    if (!run.ok) return run;
    const verified = await verifyEvidence(run.value);
    if (!verified.ok) return verified;
    const { problems, entries, files } = verified.value;
    if (options.json) terminal.printJson({ folder: run.value, ...verified.value });
    else if (problems.length === 0) terminal.print(`${run.value} is whole and unaltered: ${entries} journal entries, ${files} files.`);
    else {
      terminal.print(`${run.value} was altered:`);
      for (const problem of problems) terminal.print(`  ${problem}`);
    }
    return ok(problems.length === 0 ? 0 : 1);
  },
});
