import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { withContext } from '../../test/support/with-context.ts';
import { openAccount } from './open-account.ts';

afterEach(() => void vi.unstubAllEnvs());

const configuration = `[profile shop-production]
sso_session = shop
sso_account_id = 111122223333
sso_role_name = Reader
region = eu-central-1

[sso-session shop]
sso_start_url = https://shop.awsapps.invalid/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
`;

const expired = {
  startUrl: 'https://shop.awsapps.invalid/start',
  region: 'eu-central-1',
  accessToken: 'once-good',
  expiresAt: '2020-01-01T00:00:00Z',
};

test.each([
  ['that has expired', true],
  ['that never began', false],
])('an SSO session %s is named with the command that begins one', async (_, wasThere) => {
  await withFolder({ config: configuration }, async (home) => {
    const cache = join(home, '.aws/sso/cache');
    mkdirSync(cache, { recursive: true });
    if (wasThere) writeFileSync(join(cache, `${createHash('sha1').update('shop').digest('hex')}.json`), JSON.stringify(expired));
    vi.stubEnv('HOME', home);
    vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'none'));
    await withContext(async (context) => {
      const opened = await openAccount(context, { region: 'eu-central-1', profile: 'shop-production' }, '111122223333');
      expect(opened).toMatchObject({
        ok: false,
        failure: {
          code: 'cloud-credentials',
          message: expect.stringContaining('the SSO session of profile shop-production has expired'),
          cure: 'Run `aws sso login --profile shop-production`, and try again.',
        },
      });
    });
  });
});
