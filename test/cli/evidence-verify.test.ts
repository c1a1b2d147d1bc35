import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunHeader } from '../../src/core/event.ts';
import { openRunFolder } from '../../src/evidence/run-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

const header: RunHeader = {
  ...{ runId: '20261121-024500-7f3a', title: 'Books', source: 'reader@db.example.com:5432/books', projectFolder: '/srv/books', toolVersion: '0.1.0' },
  ...{ nodeVersion: '24.21.0', platform: 'linux x64', host: 'ci-7', user: 'ci', configSha256: 'a'.repeat(64) },
};

test('a person is told what is shown, what isn’t, and the root hash; and gets the memo with it', async () => {
  await withFolder({}, async (cwd) => {
    const run = unwrap(await openRunFolder({ runsFolder: join(cwd, '.pgrehearse/runs'), header, now: () => new Date() }));
    run.record({ type: 'run-started', header });
    const { rootSha256 } = unwrap(await run.seal());
    const env = { PGREHEARSE_HOME: join(cwd, 'home') };
    const verify = async (...args: readonly string[]) => await runCli(['evidence', 'verify', ...args], { cwd, env });
    const plain = await verify();
    expect(plain.exitCode, plain.stderr).toBe(0);
    expect(plain.stdout).toContain('is whole and unaltered: 1 journal entries, 2 files.');
    expect(plain.stdout).toContain(`Root hash: ${rootSha256}`);
    expect(plain.stdout).toContain('Not shown: Whether all of it was made anew');
    const memo = await runCli(['report', '--format', 'memo-markdown'], { cwd, env });
    expect(memo.stdout).toContain(`Root hash: ${rootSha256}`);
    expect(await verify('--root', 'abc')).toMatchObject({ exitCode: 2 });
    writeFileSync(join(run.path, 'note.txt'), 'x');
    const altered = await verify('--root', rootSha256, '--json');
    expect(altered.exitCode).toBe(1);
    expect(JSON.parse(altered.stdout)).toMatchObject({ problems: ['note.txt was added after the evidence was sealed.'], notShown: [], rootSha256 });
  });
});
