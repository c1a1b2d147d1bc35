import { mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { DumpJournal, type JournalHead, readJournal } from './dump-journal.ts';
import { keyFileName } from './seal.ts';
import { stateDifference } from './source-state.ts';

/** A half-made folder bears this mark, by which `gc` knows that it may remove it. */
export const markerName = 'pgrehearse-resource.json';

/** Where a dump is being written: `.<name>.partial`, which becomes `<name>` when it is whole. */
export interface DumpPlace {
  readonly resource: Resource;
  readonly partial: string;
  readonly whole: string;
  readonly journal?: DumpJournal;
}

export interface PlaceOptions {
  readonly database: string;
  readonly expiresAt: string | undefined;
  /** Given: what is finished is kept when the attempt is interrupted. */
  readonly head: JournalHead | undefined;
}

/** Makes a folder for a new dump, which nobody else has, however many begin at once. Its ledger line is written before. Throws errors of the file system. */
export async function newPlace(context: Context, folder: string, options: PlaceOptions): Promise<DumpPlace> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const wanted = `${options.database.replaceAll(/[^\w.-]+/g, '_')}-${stamp(context.now())}`;
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    const [partial, whole] = [join(folder, `.${name}.partial`), join(folder, name)];
    if ((await exists(partial)) || (await exists(whole))) continue;
    const resource = await planned(context, partial, whole, options);
    try {
      await mkdir(partial, { mode: 0o700 });
    } catch (error) {
      await context.ledger.forget(resource.id);
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    // Another one may have got its name just now; from here on nobody takes this one.
    if (await exists(whole)) {
      await rmdir(partial);
      await context.ledger.forget(resource.id);
      continue;
    }
    await writeFile(join(partial, markerName), JSON.stringify({ id: resource.id }), { mode: 0o600 });
    const journal = options.head === undefined ? undefined : await DumpJournal.begin(partial, options.head);
    return { resource, partial, whole, ...(journal === undefined ? {} : { journal }) };
  }
}

/** Finds the newest unfinished dump in the folder that shows the very same data. Fails with `dump-not-resumable`, which says why each doesn't. */
export async function unfinishedPlace(context: Context, folder: string, options: PlaceOptions & { readonly head: JournalHead }): Promise<Result<DumpPlace>> {
  const why: string[] = [];
  const lines = (await context.ledger.list()).filter(
    ({ kind, facts }) => kind === 'dump' && typeof facts.becomes === 'string' && dirname(String(facts.folder)) === resolve(folder),
  );
  for (const resource of lines.toReversed()) {
    const partial = String(resource.facts.folder);
    const { head } = await readJournal(partial);
    if (head === undefined) continue;
    const reason = (await writerOf(context, resource)) ?? differenceOf(head, options.head);
    if (reason === undefined) {
      const own = await planned(context, partial, String(resource.facts.becomes), options, resource);
      return ok({ resource: own, partial, whole: String(resource.facts.becomes), journal: await DumpJournal.goOn(partial, [markerName, keyFileName]) });
    }
    why.push(`${basename(String(resource.facts.becomes))}: ${reason}`);
  }
  const message =
    why.length === 0 ? `${folder} holds no unfinished dump that can be gone on with.` : `No unfinished dump can be gone on with. ${why.join('; ')}.`;
  return fail(failure('dump-not-resumable', message, { object: folder }));
}

/** An attempt that can be gone on with is kept, so that `gc` lets it be until its time is over. */
async function planned(context: Context, partial: string, whole: string, { database, expiresAt, head }: PlaceOptions, known?: Resource): Promise<Resource> {
  const facts = { folder: resolve(partial), becomes: resolve(whole) };
  const label = `unfinished dump of ${database}`;
  if (head === undefined) return await context.ledger.plan({ kind: 'dump', label, facts, ...(context.runId === undefined ? {} : { runId: context.runId }) });
  const startedAt = (await context.edge.system.processStartedAt(process.pid)) ?? '';
  const writer = { writer: process.pid, writerStartedAt: startedAt };
  const kept = { kept: true, ...(expiresAt === undefined ? {} : { expiresAt }) };
  if (known !== undefined) return await context.ledger.amend(known.id, { facts: writer, ...kept });
  return await context.ledger.plan({ kind: 'dump', label, facts: { ...facts, ...writer }, ...kept });
}

async function writerOf(context: Context, { facts }: Resource): Promise<string | undefined> {
  if (typeof facts.writer !== 'number') return undefined;
  const isAlive = (await context.edge.system.processStartedAt(facts.writer)) === facts.writerStartedAt;
  return isAlive && facts.writer !== process.pid ? `process ${facts.writer} is writing it` : undefined;
}

function differenceOf(before: JournalHead, now: JournalHead): string | undefined {
  return stateDifference(before.state, now.state) ?? (before.sealedFor === now.sealedFor ? undefined : 'it is encrypted for other keys');
}

/** Gives up a place that nobody can go on with. */
export async function abandonPlace(context: Context, { resource, partial }: DumpPlace): Promise<void> {
  await rm(partial, { recursive: true, force: true });
  await context.ledger.forget(resource.id);
}

/** `20261121-024205`, UTC. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
