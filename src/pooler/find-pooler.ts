import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** Where packages put it: an ordinary user’s PATH often lacks /usr/sbin. */
const usualPlaces = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer', '/usr/local/sbin/pgbouncer', '/opt/homebrew/bin/pgbouncer'];

/** PgBouncer’s program. Fails with `pooler-missing`. */
export async function findPooler({ edge: { system } }: Context, projectFolder: string, program: string | undefined): Promise<Result<string>> {
  const onPath = program === undefined ? await system.onPath('pgbouncer') : undefined;
  const places = program === undefined ? [...(onPath === undefined ? [] : [onPath]), ...usualPlaces] : [resolve(projectFolder, program)];
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return ok(place);
  }
  const where = program === undefined ? 'neither on PATH nor in the usual folders' : `${program} can’t be executed`;
  return fail(failure('pooler-missing', `PgBouncer is not there: ${where}.`, { object: program ?? 'pgbouncer' }));
}
