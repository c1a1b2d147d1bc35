import { test } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { testServer } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { answersAlike } from './proxy-broken-input.ts';
import { watching } from './proxy-watching.ts';

test('40 broken start-ups and 40 broken sessions get through the proxy what the server answers', async () => {
  const target = testServer(18);
  const { hooks } = watching({ atReady: async ({ ask }) => void (await ask?.({ name: 'ours', text: 'select 1' }, [])) });
  await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
  await answersAlike(target, proxy.address, 40, 7);
});
