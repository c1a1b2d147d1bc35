import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { collectGarbage } from '../../cluster/collect-garbage.ts';
import { makeResourceFolder } from '../../cluster/resource-folder.ts';
import { Secret } from '../../core/secret.ts';
import { findPooler } from '../../pooler/find-pooler.ts';
import { startPooler } from '../../pooler/start-pooler.ts';

// Its pid is written down only after it was started: killed between the two, there is nothing but the folder.
test.each(['written down', 'not written down'])('a pooler of a run that was killed is ended by gc, its process %s', async (what) => {
  await withContext(async (context) => {
    const { resource, folder } = unwrap(await makeResourceFolder(context, { kind: 'folder', label: 'pooler', facts: { holds: 'pooler' } }));
    let child: { pid: number; startedAt: string } | undefined;
    unwrap(
      await startPooler(context, {
        ...{
          program: unwrap(await findPooler(context, '/', undefined)),
          folder,
          logins: [{ ...testServer(18), password: new Secret('any') }],
          aliases: ['one'],
        },
        onStart: async ({ pid, startedAt }) => {
          child = { pid, startedAt };
          if (what === 'written down') await context.ledger.amend(resource.id, { facts: { pid, processStartedAt: startedAt } });
        },
      }),
    );
    expect(child && (await context.edge.system.processStartedAt(child.pid))).toBe(child?.startedAt);
    await context.ledger.amend(resource.id, { owner: { ...resource.owner, pid: 2 ** 22 + 1 } });
    const { failures, removed } = await collectGarbage(context, { dryRun: false });
    expect([failures, removed.map(({ id }) => id)]).toEqual([[], [resource.id]]);
    expect(existsSync(folder)).toBe(false);
    expect(child && (await context.edge.system.processStartedAt(child.pid))).toBeUndefined();
  });
});
