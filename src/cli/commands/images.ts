import { listImageUse } from '../../cluster/image-use.ts';
import { ok } from '../../core/result.ts';
import { showBytes } from '../../report/measures.ts';
import { defineCommand, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { moment, table } from '../table.ts';

export const images = defineCommand({
  name: 'images',
  about: 'List the images that were made from this machine: frozen copies that clones are started from.',
  detail: 'An image stays until its time is over; `pgrehearse drop --image` removes one now.',
  example: 'pgrehearse images',
  options: { json: jsonOption },
  async run({ options, terminal, signal }) {
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    const known = await listImageUse(context.value);
    if (options.json) terminal.printJson(known);
    else if (known.length === 0) terminal.note('No images on this machine.');
    else {
      const rows = known.map((image) => [
        image.id,
        showBytes(image.sizeBytes),
        moment(image.dataAsOf),
        image.masked ? 'masked' : 'as it is',
        image.server,
        image.clones.join(', ') || '-',
        image.kept ? (image.expiresAt === undefined ? 'never' : moment(image.expiresAt)) : 'with its run',
        image.source,
      ]);
      for (const line of table(['ID', 'SIZE', 'DATA OF (UTC)', 'DATA', 'POSTGRES', 'CLONES', 'EXPIRES (UTC)', 'SOURCE'], rows)) terminal.print(line);
    }
    return ok(0);
  },
});
