import { listDumps } from '../../cluster/kept-dumps.ts';
import { ok } from '../../core/result.ts';
import { showBytes } from '../../report/measures.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { moment, table } from '../table.ts';

export const dumps = defineCommand({
  name: 'dumps',
  about: 'List the dumps that were made on this machine.',
  detail: 'A dump stays until its time is over; `pgrehearse drop --dump` removes one now.',
  example: 'pgrehearse dumps',
  options: { json: jsonOption },
  async run({ options, terminal, signal }) {
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const known = (await listDumps(context.value)).map(({ resource, name, folder, state }) => ({
      name,
      id: resource.id,
      folder,
      state,
      sizeBytes: Number(resource.facts.sizeBytes ?? 0),
      dataAsOf: String(resource.facts.dataAsOf ?? ''),
      protection: String(resource.facts.protection ?? ''),
      ...(resource.expiresAt === undefined ? {} : { expiresAt: resource.expiresAt }),
    }));
    if (options.json) terminal.printJson(known);
    else if (known.length === 0) terminal.note('No dumps on this machine.');
    else {
      const rows = known.map((dump) => [
        dump.name,
        dump.state,
        dump.state === 'whole' ? showBytes(dump.sizeBytes) : '',
        dump.dataAsOf === '' ? '' : moment(dump.dataAsOf),
        dump.protection,
        dump.expiresAt === undefined ? 'never' : moment(dump.expiresAt),
        dump.folder,
      ]);
      for (const line of table(['NAME', 'STATE', 'SIZE', 'DATA OF (UTC)', 'DATA', 'EXPIRES (UTC)', 'FOLDER'], rows)) terminal.print(line);
    }
    return ok(0);
  },
});
