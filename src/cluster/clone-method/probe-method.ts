import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../core/ports.ts';
import { makeRemovable } from '../make-removable.ts';
import { handOver, type ServerUser } from '../server-user.ts';
import type { CloneMethod, ClonePlace } from './clone-method.ts';

/** A file system as slow as this is no use for clones. */
const trialMs = 20_000;

/**
 * Tries a method with one small file, where clones are made and as the user that servers run as: the clone's file must be writable and the
 * image's must stay as it was.
 *
 * @param folder a resource folder of ours; nothing of the trial stays in it
 * @returns why it doesn't work here; undefined when it does
 */
export async function probeMethod(context: Context, method: CloneMethod, folder: string, user: ServerUser): Promise<string | undefined> {
  const unfit = method.unfit(context);
  if (unfit !== undefined) return unfit;
  const trial = join(folder, `try-${method.name}`);
  const place: ClonePlace = { imageData: join(trial, 'image'), folder: join(trial, 'clone'), dataFolder: join(trial, 'clone/data'), user };
  try {
    // As a resource folder is: the servers' user passes through.
    for (const path of [trial, place.folder]) await mkdir(path, { mode: 0o711 });
    await mkdir(place.imageData, { mode: 0o700 });
    await writeFile(join(place.imageData, 'file'), 'old', { mode: 0o600 });
    await handOver(join(place.imageData, 'file'), user);
    await method.make(context, place);
    const script = 'cd "$1" && cat file && echo new >file && cat file';
    const inside = method.enter(context, place, { command: '/bin/sh', args: ['-c', script, 'trial', place.dataFolder], ...user });
    const ran = await context.edge.system.run({ ...inside, cwd: place.folder, timeoutMs: trialMs, signal: context.signal });
    if (!ran.ok) return ran.failure.message;
    const { exitCode, stdout, stderr } = ran.value;
    if (exitCode !== 0) return stderr.trim().split('\n').at(-1) || `ended with ${exitCode}`;
    if (stdout !== 'oldnew\n') return `gave ${JSON.stringify(stdout)}`;
    return (await readFile(join(place.imageData, 'file'), 'utf8')) === 'old' ? undefined : 'changed the image';
  } catch (error) {
    // In Node's words: `ENOTSUP: operation not supported on socket, copyfile '…' -> '…'`.
    if ((error as NodeJS.ErrnoException).code === 'ENOTSUP') return 'this file system can’t share blocks';
    return (error instanceof Error ? error.message : String(error)).split(', copyfile ')[0];
  } finally {
    await makeRemovable(trial);
    await rm(trial, { recursive: true, force: true });
  }
}
