import { failure } from '../../core/failure.ts';
import type { Finished, RunRequest, SystemPort } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** What signatures of runs are for, in ssh-keygen's terms: one that was made for git says nothing about a run. */
export const namespace = 'pgrehearse';

/** How long a tool may take: an agent may ask its owner to touch a key, and minisign takes its time on purpose. */
const patienceMs = 300_000;

/** Runs ssh-keygen or minisign to its end, with nothing of the environment but the way to an agent. */
export async function runTool(
  system: SystemPort,
  command: 'ssh-keygen' | 'minisign',
  args: readonly string[],
  extra: Pick<RunRequest, 'input'> = {},
): Promise<Result<Finished>> {
  const agent = command === 'ssh-keygen' ? system.environment('SSH_AUTH_SOCK') : undefined;
  const env = { LC_ALL: 'C', ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) };
  const ran = await system.run({ command, args, env, timeoutMs: patienceMs, ...extra });
  if (ran.ok || ran.failure.code !== 'command-not-found') return ran;
  const part = command === 'minisign' ? 'minisign' : 'openssh-client';
  return fail(
    failure('command-not-found', `${command} is not installed`, {
      object: command,
      cure: `Install it: apt install ${part}, or brew install ${command === 'minisign' ? 'minisign' : 'openssh'}.`,
    }),
  );
}

/** The last line of what a tool said. */
export function lastWord({ stdout, stderr }: Finished): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '') ?? 'it said nothing';
}

/** The output of a tool that did what it should; undefined where it didn't, or isn't there. */
export function said(ran: Result<Finished>): Result<string | undefined> {
  if (!ran.ok) return ran;
  return ok(ran.value.exitCode === 0 ? ran.value.stdout : undefined);
}
