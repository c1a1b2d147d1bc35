import { relative } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import type { Failure } from '../../core/failure.ts';
import { ok } from '../../core/result.ts';
import { visible } from '../../core/visible-text.ts';
import { policyHolders } from '../../rehearsal/cloud/policy-holders.ts';
import { exitCode } from '../../verdict/exit-code.ts';
import { cloudChoices, permissionOptions } from '../cloud-options.ts';
import { choice, configOption, defineCommand, flag, jsonOption } from '../command.ts';
import { failureText } from '../failure-text.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

export const doctor = defineCommand({
  name: 'doctor',
  about: 'Look at everything that a rehearsal needs, and name what is missing.',
  detail: 'Changes nothing; of production only versions, settings and roles are read. Without a configuration, only this machine is looked at.',
  example: 'pgrehearse doctor',
  options: {
    iam: flag('Print the policy of AWS’s IAM that the configuration needs, as JSON, and look at nothing.'),
    iamFor: choice('whom', policyHolders, 'source', 'Whom --iam is for: the source, or a side of sync.objects'),
    ...permissionOptions,
    config: configOption,
    json: jsonOption,
  },
  async run({ options, terminal, folder, signal }) {
    if (options.iam) {
      const loaded = await loadSettings(folder, options.config);
      if (!loaded.ok) return loaded;
      const { policyOfSettings } = await import('../../rehearsal/cloud/policy-of-settings.ts');
      const policy = policyOfSettings(loaded.value.settings, options.iamFor);
      if (!policy.ok) return policy;
      terminal.printJson(policy.value);
      return ok(0);
    }
    const { doctor: examine } = await import('../../rehearsal/doctor.ts');
    using output = openProgress(terminal, options.json, 'preconditions');
    const context = await makeContext({ emit: output.emit, signal, cloud: cloudChoices(options) });
    if (!context.ok) return context;
    const loaded = await loadSettings(folder, options.config);
    const examined = [
      // A faulty configuration is one more thing that is found; that there is none yet is fine.
      ...(loaded.ok ? [{ what: 'configuration', found: relative(folder, loaded.value.file) }] : []),
      ...(!loaded.ok && (loaded.failure.code !== 'config-not-found' || options.config !== undefined)
        ? [{ what: 'configuration', found: loaded.failure.message, failure: loaded.failure }]
        : []),
      ...(await examine(context.value, loaded.ok ? loaded.value : undefined)),
    ];
    output.close();
    const failures = examined.flatMap((thing): Failure[] => (thing.failure === undefined ? [] : [thing.failure]));
    if (options.json) terminal.printJson(examined);
    else {
      for (const { what, found, failure } of examined) terminal.print(`${failure === undefined ? '✓' : '✗'} ${what.padEnd(18)} ${visible(found)}`);
      for (const failed of failures) terminal.note(`\n${failureText(failed)}`);
      if (!loaded.ok && failures.length === 0) terminal.note('\nThere is no configuration yet: `pgrehearse init` writes one.');
    }
    return ok(failures.length === 0 ? 0 : exitCode({ failures, leftovers: [] }));
  },
});
