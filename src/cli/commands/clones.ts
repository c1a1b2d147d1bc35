import type { ListedThrowaway, ListedThrowaways } from '../../cloud/list-throwaways.ts';
import { listClones } from '../../cluster/kept-clones.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { configOption, defineCommand, flag, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { priceCell, showDollars, unknownPrice } from '../price-words.ts';
import { moment, table } from '../table.ts';

export const clones = defineCommand({
  name: 'clones',
  about: 'List the clones that were made from this machine: kept ones, and those that a run is using; and what is ours in the configured cloud.',
  example: 'pgrehearse clones',
  options: { local: flag('Ask no cloud.'), config: configOption, json: jsonOption },
  async run({ options, terminal, folder, signal }) {
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const known = (await listClones(context.value)).map(({ resource, host, port, database, running, state }) => ({
      name: resource.kept ? resource.label : resource.id,
      id: resource.id,
      label: resource.label,
      kept: resource.kept,
      running,
      state,
      host,
      port,
      database,
      ...(resource.kind === 'database' ? { method: 'template' } : resource.facts.method === undefined ? {} : { method: String(resource.facts.method) }),
      ...(resource.facts.image === undefined ? {} : { image: String(resource.facts.image) }),
      createdAt: resource.createdAt,
      ...(resource.expiresAt === undefined ? {} : { expiresAt: resource.expiresAt }),
    }));
    const cloud = options.local ? undefined : await inClouds(context.value, folder, options.config);
    if (cloud?.ok === false) return cloud;
    const { throwaways = [], failures = [] } = cloud?.value ?? {};
    if (options.json) terminal.printJson([...known, ...throwaways.map(({ resource: _, ...shown }) => shown)]);
    else if (known.length === 0) terminal.note('No clones on this machine.');
    else {
      const rows = known.map((clone) => [
        clone.name,
        clone.state,
        clone.host === '127.0.0.1' ? String(clone.port) : `${clone.host}:${clone.port}`,
        clone.database,
        clone.method ?? '-',
        clone.kept ? (clone.expiresAt === undefined ? 'never' : moment(clone.expiresAt)) : 'with its run',
      ]);
      for (const line of table(['NAME', 'STATE', 'PORT', 'DATABASE', 'MADE BY', 'EXPIRES (UTC)'], rows)) terminal.print(line);
    }
    if (!options.json && throwaways.length > 0) {
      if (known.length > 0) terminal.print('');
      for (const line of table(cloudHeadings, throwaways.map(cloudRow))) terminal.print(line);
      for (const unknown of unknownPrices(throwaways)) terminal.note(unknown);
    }
    for (const { message } of failures) terminal.note(`The cloud could not be asked: ${message}`);
    return ok(0);
  },
});

/** What is ours in the configured cloud, and wherever the ledger points to. */
async function inClouds(context: Context, folder: string, configFile: string | undefined): Promise<Result<ListedThrowaways>> {
  const loaded = await loadSettings(folder, configFile);
  if (!loaded.ok && configFile !== undefined) return loaded;
  const { cloudPlaces } = await import('../../rehearsal/cloud/cloud-places.ts');
  const { listThrowaways } = await import('../../cloud/list-throwaways.ts');
  return ok(await listThrowaways(context, cloudPlaces(loaded.ok ? loaded.value.settings : undefined)));
}

const cloudHeadings = ['IN THE CLOUD', 'STATE', 'AGE', 'COST AN HOUR', 'SO FAR', 'OWNER', 'DELETED AFTER (UTC)'];

function cloudRow({ identifier, status, ageHours, costSoFar, owner, deleteAfter, resource, ...price }: ListedThrowaway): string[] {
  return [
    ...[identifier, status, `${ageHours} h`, priceCell(price)],
    ...[costSoFar === undefined ? '-' : showDollars(costSoFar), owner ?? (resource === undefined ? '-' : 'this machine')],
    deleteAfter === undefined ? '-' : moment(deleteAfter),
  ];
}

/** Each class of a server that is there and whose price isn't known, once. */
function unknownPrices(throwaways: readonly ListedThrowaway[]): ReadonlySet<string> {
  return new Set(
    throwaways.flatMap(({ cloud, region, instanceClass, costPerHour }) =>
      instanceClass === undefined || costPerHour !== undefined ? [] : [`Cost: ${unknownPrice({ cloud, region, instanceClass })}.`],
    ),
  );
}
