import { settingsSchema } from '../../src/config/schema.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { withMoments } from './sync-moments.ts';
import { testContext } from './test-context.ts';

/** One sync that dies at a moment, as a test starts it in a process of its own. Arguments: settings in JSON, folder, the moment's number. */
const [settings = '{}', folder = '', at = '-1'] = process.argv.slice(2);
const context = withMoments(testContext(), (_, moment) => {
  if (moment === Number(at)) process.kill(process.pid, 'SIGKILL');
});
const ended = await sync(context, { settings: settingsSchema.parse(JSON.parse(settings)), folder, toolVersion: '0.0.0' });
if (!ended.ok) throw new Error(ended.failure.message);
