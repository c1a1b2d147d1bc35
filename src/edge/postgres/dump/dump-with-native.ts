import { text } from 'node:stream/consumers';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { type Address, showAddress } from '../../../core/server.ts';
import { stream } from '../../system/run.ts';
import type { ClientProgram } from './client-programs.ts';
import { SESSION_OPTIONS } from './dump-arguments.ts';
import { dumpFailure } from './dump-failure.ts';
import { libpqEnvironment } from './libpq-environment.ts';

/** Runs an installed pg_dump. */
export async function dumpWithNative(program: ClientProgram, address: Address, args: readonly string[], signal?: AbortSignal): Promise<Result<string>> {
  const started = await stream({
    command: program.path,
    args: [...args, '--no-password'],
    env: { ...libpqEnvironment(address, SESSION_OPTIONS, program.major), LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  });
  if (!started.ok) return started;
  const [dump, finished] = await Promise.all([text(started.value.stdout), started.value.finished]);
  if (signal?.aborted) return fail(failure('interrupted', `${showAddress(address)}: interrupted while reading the schema`));
  return finished.exitCode === 0 ? ok(dump) : fail(dumpFailure(address, finished.stderr));
}
