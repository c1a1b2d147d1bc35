import { test } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { answersAlike } from '../record/proxy-broken-input.ts';
import { watching } from '../record/proxy-watching.ts';
import { testServer } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

test.each([15, 18] as const)('1,000 broken start-ups and as many broken sessions on %i get through the proxy what the server answers', async (major) => {
  const target = testServer(major);
  const { hooks } = watching({ atReady: async ({ ask }) => void (await ask?.({ name: 'ours', text: 'select 1' }, [])) });
  await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
  await answersAlike(target, proxy.address, 1_000, major);
});
