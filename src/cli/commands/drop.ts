import { listTargetImages } from '../../cluster/external/target-image.ts';
import { removeUnneededRoles } from '../../cluster/external/target-roles.ts';
import { listImages } from '../../cluster/image.ts';
import { findImage } from '../../cluster/image-use.ts';
import { cloneLines, dropClone, findClone } from '../../cluster/kept-clones.ts';
import { type DumpToDrop, dropDump, findKeptDump } from '../../cluster/kept-dumps.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { cloneNameOption } from '../choose-clone.ts';
import { defineCommand, dryRunOption, jsonOption, text } from '../command.ts';
import { makeContext } from '../make-context.ts';

export const drop = defineCommand({
  name: 'drop',
  about: 'End and remove clones, an image or a dump.',
  detail: 'With the last clone of an image the image goes too, so that none of its data is left. Only what pgrehearse made on this machine can be named.',
  example: 'pgrehearse drop shop',
  arguments: [{ name: '[name...]', about: 'Clones, by name or id, as `pgrehearse clones` lists them.' }],
  options: {
    name: cloneNameOption,
    image: text('id', 'An image to remove, as `pgrehearse images` lists it; its clones have to go first.'),
    dump: text('folder', 'A dump to remove, by its folder or as `pgrehearse dumps` lists it; only a folder that proves to be one of ours.'),
    dryRun: dryRunOption,
    json: jsonOption,
  },
  async run({ args, options: { name, image, dump, dryRun, json }, terminal, folder, signal }) {
    const names = new Set([...args, ...(name === undefined ? [] : [name])]);
    // Who is cut off from a clone on a server that others use.
    const context = await makeContext({ signal, emit: (event) => (event.type === 'step' ? terminal.note(event.text) : undefined) });
    if (!context.ok) return context;
    if (names.size === 0 && image === undefined && dump === undefined) {
      return fail(failure('usage', 'nothing is named', { cure: 'Name clones, an image with --image, or a dump with --dump.' }));
    }
    const named = image === undefined ? undefined : await findImage(context.value, image);
    if (named?.ok === false) return named;
    const namedDump = dump === undefined ? undefined : await findKeptDump(context.value, dump, folder);
    if (namedDump?.ok === false) return namedDump;
    const found = await Promise.all([...names].map((one) => findClone(context.value, one)));
    // All names must be right before anything is dropped: a typo must not end in half of it done.
    const wrong = found.find((clone) => !clone.ok);
    if (wrong !== undefined && !wrong.ok) return wrong;
    const clones = found.flatMap((clone) => (clone.ok ? [clone.value.resource] : []));
    const images = new Map([...(await imagesOfOnly(context.value, clones)), ...(named === undefined ? [] : [named.value])].map((each) => [each.id, each]));
    const work: readonly Removal[] = [
      ...clones.map((what) => ({ what, remove: () => dropClone(context.value, what.id) })),
      ...[...images.values()].map((what) => ({ what, remove: () => removeImage(context.value, what) })),
      ...(namedDump === undefined ? [] : [dumpRemoval(context.value, namedDump.value)]),
    ];
    const failures: Failure[] = [];
    const dropped: Dropped[] = [];
    for (const { what, remove } of work) {
      const removed = dryRun ? ok() : await remove();
      if (!removed.ok) failures.push(removed.failure);
      else {
        dropped.push(what);
        if (!json) terminal.print(`${dryRun ? 'Would drop' : 'Dropped'} ${what.label}.`);
      }
    }
    if (!dryRun) await removeUnneededRoles(context.value);
    const [first] = failures;
    if (first !== undefined) return fail(failures.length === 1 ? first : { ...first, problems: failures });
    if (json) terminal.printJson({ dryRun, dropped: dropped.map(({ id, kind, label }) => ({ id, kind, label })) });
    return ok(0);
  },
});

type Dropped = Pick<Resource, 'id' | 'kind' | 'label'>;

interface Removal {
  readonly what: Dropped;
  readonly remove: () => Promise<Result<unknown>>;
}

function dumpRemoval(context: Context, dump: DumpToDrop): Removal {
  // One that was moved here from another machine has no line in this ledger.
  const what = 'known' in dump ? dump.known.resource : { id: dump.proven.id ?? '', kind: 'dump' as const, label: dump.proven.folder };
  return { what, remove: () => dropDump(context, dump) };
}

/** Kept images from which no clone but these was started. Those that the team keeps for its runs stay. */
async function imagesOfOnly(context: Context, clones: readonly Resource[]): Promise<readonly Resource[]> {
  const ids = new Set(clones.map(({ id }) => id));
  const used = new Set((await cloneLines(context)).filter(({ id }) => !ids.has(id)).map(({ facts }) => facts.image));
  const wanted = new Set(clones.map(({ facts }) => facts.image));
  return [...(await listImages(context)), ...(await listTargetImages(context))]
    .map(({ resource }) => resource)
    .filter(({ id, kept, facts }) => kept && facts.madeFor !== 'run' && wanted.has(id) && !used.has(id));
}
