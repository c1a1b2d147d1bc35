import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fewOf } from '../support/in-full.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

test.each(fewOf(signals, ([signal]) => signal === 'SIGINT'))(
  '%s in the middle of a run: everything is removed, and the exit code says why',
  async (signal, exitCode) => {
    // withContext complains when anything is left in the ledger.
    await withContext(async ({ root }) => {
      await withFolder({}, async (cwd) => {
        const ended = await runCli(['demo'], {
          cwd,
          env: { PGREHEARSE_HOME: root },
          during: (child, output) => {
            const poll = setInterval(() => {
              if (!output().includes('opying')) return;
              clearInterval(poll);
              child.kill(signal);
            }, 20);
            child.once('exit', () => clearInterval(poll));
          },
        });
        expect(ended.stderr).toContain('Stopping: removing everything that was made');
        expect(ended.exitCode).toBe(exitCode);
        // It stopped there instead of finishing first.
        expect(ended.stdout).not.toContain('Safe to deploy');
        expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(root);
      });
    });
  },
);
