import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { run } from './run.ts';

export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

let known: Promise<Result<UnprivilegedUser | undefined>> | undefined;

/** Who runs servers for us when we are root, since Postgres refuses to run as root: `postgres` where it exists, else `nobody`. Looked up once in a process. */
export function unprivilegedUser(): Promise<Result<UnprivilegedUser | undefined>> {
  known ??= findUser();
  return known;
}

async function findUser(): Promise<Result<UnprivilegedUser | undefined>> {
  if (process.getuid?.() !== 0) return ok(undefined);
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid !== undefined && gid !== undefined && uid !== 0) return ok({ uid, gid, name });
  }
  return fail(
    failure('server-start-failed', 'Postgres doesn’t run as root, and there is neither a user postgres nor nobody', {
      cure: 'Run pgrehearse as an ordinary user, or add a user: `useradd --system postgres`.',
    }),
  );
}

async function idOf(what: '-u' | '-g', name: string): Promise<number | undefined> {
  const found = await run({ command: 'id', args: [what, name] });
  return found.ok && found.value.exitCode === 0 ? Number(found.value.stdout.trim()) : undefined;
}
