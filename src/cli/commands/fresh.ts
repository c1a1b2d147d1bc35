import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import { cloudChoices, permissionOptions } from '../cloud-options.ts';
import { configOption, defineCommand, jsonOption, ownServerOption, port, text } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { isOwnersLogin } from '../owners-login.ts';
import { printClone } from '../print-clone.ts';
import { openProgress } from '../run-output.ts';

export const fresh = defineCommand({
  name: 'fresh',
  about: 'Build what the repo says the schema should be, as a clone that is kept.',
  detail: 'For looking at, and for `pgrehearse diff`. Of production only version, locale and roles are read.',
  example: 'pgrehearse fresh && pgrehearse diff shop fresh',
  options: {
    ...permissionOptions,
    name: text('name', 'Name of the clone; fresh unless given.'),
    port: port('Port; a free one unless given.'),
    ownServer: ownServerOption,
    config: configOption,
    json: jsonOption,
  },
  async run({ options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { settings } = loaded.value;
    const { freshClone } = await import('../../rehearsal/load/fresh-clone.ts');
    const { copyBesideInPlace } = await import('../../rehearsal/in-place/words-in-place.ts');
    const beside = copyBesideInPlace(settings);
    if (beside !== undefined) terminal.note(beside);
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal, cloud: cloudChoices(options) });
    if (!context.ok) return context;
    const built = await freshClone(context.value, {
      settings,
      folder: loaded.value.folder,
      name: options.name ?? 'fresh',
      port: options.port,
      ownServer: options.ownServer,
    });
    output.close();
    if (!built.ok) return built;
    printClone(terminal, built.value.clone, {
      isOwnersLogin: isOwnersLogin(built.value.clone),
      settings,
      expiresAt: built.value.expiresAt,
      asJson: options.json,
    });
    return ok(0);
  },
});
