import { failure } from '../../../core/failure.ts';
import type { Context } from '../../../core/ports.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { isAtLeast } from '../version.ts';

const program = 'session-manager-plugin';
/** The first release that takes the session's token by a variable. An older one wants it among its arguments, where every user of the machine can read it. */
const tokenByVariableAfter = '1.2.497.0';

/** The path of the Session Manager plugin. Fails with `tunnel-program-missing` or `tunnel-plugin-old`. */
export async function findPlugin({ edge }: Pick<Context, 'edge'>): Promise<Result<string>> {
  const path = await edge.system.onPath(program);
  if (path === undefined) {
    return fail(
      failure('tunnel-program-missing', `${program}, which carries tunnels of AWS Systems Manager, is not on PATH`, {
        object: program,
        cure: 'Install it: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html (`brew install --cask session-manager-plugin`; for Debian and Red Hat there are packages).',
      }),
    );
  }
  const asked = await edge.system.run({ command: path, args: ['--version'], timeoutMs: 15_000 });
  if (!asked.ok) return asked;
  const version = asked.value.stdout.trim();
  if (isAtLeast(version, tokenByVariableAfter) && version !== tokenByVariableAfter) return ok(path);
  const known = /^[\d.]+$/.test(version) ? `is version ${version}` : 'doesn’t tell its version';
  const message = `${path} ${known}; only after ${tokenByVariableAfter} the session’s token can be kept from the list of processes`;
  return fail(failure('tunnel-plugin-old', message, { object: path }));
}
