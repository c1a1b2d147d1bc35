import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeRecording } from '../../src/check/recording/judge-recording.ts';
import { readRecordingFacts } from '../../src/check/recording/read-recording-facts.ts';
import { settingsSchema } from '../../src/config/schema.ts';
import { startRecording } from '../../src/record/start-recording.ts';
import { withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

const settings = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-then-migrations' },
});

test('where nobody may make event triggers, locks are sampled, and the gate says what that leaves out', async () => {
  const boss = `boss_${randomBytes(6).toString('hex')}`;
  await withDatabase(18, 'create table public.item (id int primary key)', async (address) => {
    await ask(
      address,
      `create role ${boss} login; grant pg_read_all_stats to ${boss}; alter table public.item owner to ${boss};
      do $$ begin execute format('alter database %I owner to ${boss}', current_database()); end $$`,
    );
    try {
      const admin = { ...address, user: boss };
      const context = testContext();
      await using reader = unwrap(await context.edge.postgres.connect(address));
      const before = await readRecordingFacts(reader);
      const recorder = unwrap(await startRecording(context, { admin, target: admin }));
      const session = unwrap(await context.edge.postgres.connect(recorder.address));
      for (const text of ['begin', 'alter table public.item add column note text', 'commit']) await session.execute(text);
      await session.close();
      const recording = unwrap(await recorder.stop());
      expect(recording).toMatchObject({ mode: 'sampling', unobserved: expect.arrayContaining([expect.objectContaining({ what: 'lock-times' })]) });
      const facts = { before, after: await readRecordingFacts(reader) };
      expect(judgeRecording({ recording, facts, settings: settings.record }).gate).toMatchObject({
        outcome: 'passed',
        proof: expect.stringMatching(/1 strong lock judged, .*locks only sampled, since the server allows no event triggers/),
      });
    } finally {
      await ask(address, `reassign owned by ${boss} to postgres; drop owned by ${boss}; drop role ${boss}`);
    }
  });
});
