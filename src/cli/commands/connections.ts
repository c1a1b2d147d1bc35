import { loadSettings } from '../../config/load-settings.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { showAddress } from '../../core/server.ts';
import { cloneNameOption, namedClone, openClone } from '../choose-clone.ts';
import { configOption, defineCommand, flag, jsonOption, OptionError, type OptionSpec } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { table } from '../table.ts';

const minutesOption: OptionSpec<number> = {
  placeholder: 'minutes',
  about: 'From when on a connection counts as idle; 10 unless given.',
  parse: (given) => {
    const minutes = Number(given);
    if (given.trim() === '' || !Number.isFinite(minutes) || minutes < 0) throw new OptionError('must be a number of minutes');
    return minutes;
  },
  fallback: 10,
};

export const connections = defineCommand({
  name: 'connections',
  about: 'List who is connected to a kept clone, or to production; end idle connections of a clone.',
  detail:
    'Production is only read: --terminate-idle is refused there, since idle connections belong to somebody’s pool, which would make new ones and report errors.',
  example: 'pgrehearse connections shop --terminate-idle',
  arguments: [{ name: '[name]', about: 'Clone; may be left out where there is only one.' }],
  options: {
    name: cloneNameOption,
    production: flag('Production instead: runbook.production, or the source where it is a server.'),
    terminateIdle: flag('End those that have been idle for long. Clones only.'),
    idleMinutes: minutesOption,
    json: jsonOption,
    config: configOption,
  },
  async run({ args: [name], options, terminal, folder, signal }) {
    if (options.production && options.terminateIdle) {
      const cure = 'Close them in the application or pool that opened them; or leave --production out, for a clone.';
      return fail(failure('usage', '--terminate-idle ends no connection in production, ever: pgrehearse only reads there.', { cure }));
    }
    const named = namedClone(name, options.name);
    if (!named.ok) return named;
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const { listConnections, terminateIdle } = await import('../../rehearsal/runbook/connections.ts');
    const opened: Result<Reached> = options.production
      ? await productionOf(context.value, folder, options.config)
      : await openClone(context.value, named.value);
    if (!opened.ok) return opened;
    const { admin } = opened.value;
    await using _way = opened.value.way;
    const listed = await listConnections(context.value, admin, options.production ? 'production' : 'clone');
    if (!listed.ok) return listed;
    const ended = options.terminateIdle ? await terminateIdle(context.value, { admin }, options.idleMinutes) : ok([]);
    if (!ended.ok) return ended;
    const isIdle = ({ state, seconds }: { readonly state: string; readonly seconds: number | null }) =>
      state === 'idle' && seconds !== null && seconds >= options.idleMinutes * 60;
    if (options.json) {
      terminal.printJson(listed.value.map((one) => ({ ...one, idle: isIdle(one), ended: ended.value.includes(one.pid) })));
      return ok(0);
    }
    if (listed.value.length === 0) terminal.note(`Nobody is connected to ${showAddress(admin)}.`);
    else {
      const rows = listed.value.map((one) => [
        ...[String(one.pid), one.user, one.application === '' ? '-' : one.application, one.client === '' ? 'local' : one.client, one.state],
        one.seconds === null ? '-' : `${Math.round(one.seconds)} s`,
        ended.value.includes(one.pid) ? 'ended' : isIdle(one) ? 'idle' : '',
      ]);
      for (const line of table(['PID', 'USER', 'APPLICATION', 'CLIENT', 'STATE', 'SINCE', ''], rows)) terminal.print(line);
    }
    return ok(0);
  },
});

interface Reached {
  readonly admin: Address;
  /** What has to be closed afterwards. */
  readonly way?: AsyncDisposable;
}

async function productionOf(context: Context, folder: string, configFile: string | undefined): Promise<Result<Reached>> {
  const loaded = await loadSettings(folder, configFile);
  if (!loaded.ok) return loaded;
  const { source, runbook, preflight } = loaded.value.settings;
  const { openPlace } = await import('../../rehearsal/cloud/open-place.ts');
  const { placeOfProduction } = await import('../../rehearsal/cloud/place.ts');
  const place = runbook.production ?? placeOfProduction({ source, preflight });
  if (place === undefined)
    return fail(failure('usage', 'The source is a copy of production, so that there is no server to ask.', { cure: 'Name production in runbook.production.' }));
  const way = await openPlace(context, place, loaded.value.folder, 'production');
  return way.ok ? ok({ admin: way.value.address, way: way.value }) : way;
}
