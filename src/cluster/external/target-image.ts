import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageWanted } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import type { ImageOrigin } from '../image-origin.ts';
import { forgetBegun, type Resumable } from '../resumable-load.ts';
import { writeWhole } from '../write-whole.ts';
import { freezeDatabase } from './freeze-database.ts';
import { type EmptyDatabase, makeEmptyDatabase } from './make-database.ts';
import type { TargetServer } from './target-server.ts';
import { leaveUnfinished, markResumable, takeUpDatabase } from './unfinished-target.ts';

/** A frozen database on somebody else's server, from which kept clones are copied. What is known of it lies in a folder of its own on this machine. */
export interface TargetImage {
  readonly id: string;
  readonly label: string;
  /** Its name on that server. */
  readonly database: string;
  /** ISO 8601: the instant of production that the data shows. */
  readonly dataAsOf: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly sizeBytes: number;
  readonly losses: readonly FidelityLoss[];
  readonly origin?: ImageOrigin;
  /** For people: `18.4 (postgres@127.0.0.1:5432/postgres)`. */
  readonly server: string;
  /** The server's own number, and the major of its binaries: on another one it isn't the same image. */
  readonly identifier: string;
  readonly major: number;
  /** SHA-256 of the memo. */
  readonly memoSha256?: string;
}

export interface TargetImageOptions extends Pick<ImageWanted, 'label' | 'locale' | 'load'> {
  /** By which the image is found again. */
  readonly origin?: ImageOrigin;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Done when the image is whole, just before it is kept. */
  readonly beforeKept: () => Promise<void>;
  /** `production`, whose rows nobody else may see while they are loaded, unless told. */
  readonly holds?: 'production' | 'schema';
  /** Set where `load` can go on in a database that an earlier attempt began. */
  readonly resumable?: Resumable;
  /** Done when what was loaded stays for a later attempt: whatever it needs has to stay too. */
  readonly onLeft?: () => void;
}

/** Written last: a line without it is no image. */
const imageName = 'image.json';
const memoName = 'memo.json';

/**
 * Makes an image that outlives this process: a database that `load` fills and that nobody can enter afterwards. Whatever fails, nothing is left, but for what a
 * resumable load can be gone on with.
 * Fails with `target-unreachable`, `target-failed`, `locale-missing`, `interrupted`, and with what `load` fails with.
 */
export async function makeTargetImage(context: Context, target: TargetServer, options: TargetImageOptions): Promise<Result<TargetImage>> {
  const { label, origin, expiresAt, resumable } = options;
  const made = await beginDatabase(context, target, options);
  if (!made.ok) return made;
  const { name, resource, losses, remove } = made.value;
  try {
    const frozen = await freezeDatabase(context, target, made.value, options.load, options.holds);
    if (!frozen.ok) {
      const left = resumable === undefined ? undefined : await leaveUnfinished(context, resource, resumable, frozen.failure);
      if (left !== undefined) {
        options.onLeft?.();
        return fail(left);
      }
      const removed = await remove();
      return fail(removed.ok ? frozen.failure : { ...frozen.failure, problems: [...(frozen.failure.problems ?? []), removed.failure] });
    }
    const { dataAsOf, memo, sizeBytes } = frozen.value;
    const folder = String(resource.facts.folder);
    if (memo !== undefined) await writeWhole(join(folder, memoName), memo);
    const image: TargetImage = {
      id: resource.id,
      label,
      database: name,
      dataAsOf,
      madeAt: context.now().toISOString(),
      sizeBytes,
      losses,
      ...(origin === undefined ? {} : { origin }),
      server: `${target.version} (${showAddress(target.address)})`,
      identifier: target.identifier,
      major: target.major,
      ...(memo === undefined ? {} : { memoSha256: sha256(memo) }),
    };
    if (resumable !== undefined) await forgetBegun(folder);
    await writeWhole(join(folder, imageName), JSON.stringify(image));
    await options.beforeKept();
    await context.ledger.amend(resource.id, { facts: { sizeBytes }, kept: true, expiresAt });
    return ok(image);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** An empty database, or the one that an interrupted attempt at the same load left. */
async function beginDatabase(context: Context, target: TargetServer, { label, locale, resumable }: TargetImageOptions): Promise<Result<EmptyDatabase>> {
  const begun = resumable === undefined ? ok(undefined) : await takeUpDatabase(context, target, resumable);
  if (!begun.ok) return begun;
  if (begun.value !== undefined) return ok(begun.value);
  const made = await makeEmptyDatabase(context, target, 'image', label, locale, { facts: { use: 'image', madeFor: 'clone' } });
  if (!made.ok || resumable === undefined) return made;
  const marked = await markResumable(context, target, made.value, resumable);
  if (marked.ok) return made;
  await made.value.remove();
  return marked;
}

/** Whether a ledger line is that of an image on somebody else's server. */
export function isTargetImage({ kind, facts }: Resource): boolean {
  return kind === 'database' && facts.use === 'image';
}

/** Images on other servers that are whole as far as this machine knows, oldest first. */
export async function listTargetImages(context: Context): Promise<readonly { readonly image: TargetImage; readonly resource: Resource }[]> {
  const lines = (await context.ledger.list()).filter(isTargetImage);
  const images = await Promise.all(lines.map(async (resource) => ({ resource, image: await readTargetImage(resource) })));
  return images.flatMap(({ resource, image }) => (image === undefined ? [] : [{ resource, image }]));
}

async function readTargetImage({ facts }: Resource): Promise<TargetImage | undefined> {
  const text = await readFile(join(String(facts.folder), imageName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as TargetImage);
}

/** What `load` left to be known of an image; undefined where it is missing or was altered. */
export async function readTargetMemo({ memoSha256 }: TargetImage, { facts }: Resource): Promise<string | undefined> {
  const text = await readFile(join(String(facts.folder), memoName), 'utf8').catch(() => undefined);
  return text !== undefined && sha256(text) === memoSha256 ? text : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
