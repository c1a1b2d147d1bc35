import { listClones } from '../../cluster/kept-clones.ts';
import { ok } from '../../core/result.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { moment, table } from '../table.ts';

export const clones = defineCommand({
  name: 'clones',
  about: 'List the clones that were made from this machine: kept ones, and those that a run is using.',
  example: 'pgrehearse clones',
  options: { json: jsonOption },
  async run({ options, terminal, signal }) {
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
    if (options.json) terminal.printJson(known);
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
    return ok(0);
  },
});
