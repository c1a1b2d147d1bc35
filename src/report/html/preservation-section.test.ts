import { expect, test } from 'vitest';
import { exampleEvents, journal } from '../../../test/support/example-runs.ts';
import type { PreservationReport } from '../../core/preservation.ts';
import { type RunSummary, summarise } from '../../core/run-summary.ts';
import { preservationSection } from './preservation-section.ts';

const report: PreservationReport = {
  columns: 3,
  values: 1_204_831,
  followed: [
    { kind: 'table', name: 'public.invoice', to: 'public.bill', outcome: 'preserved', values: 500 },
    { kind: 'column', name: 'public.users.legal_entity_id', to: 'public.users.tenant_id', outcome: 'preserved', values: 1_204_331 },
    { kind: 'column', name: 'public.users.born', to: 'public.users.birthday', outcome: 'preserved', values: 7, how: 'read back as text' },
    { kind: 'column', name: 'public.users.fax', outcome: 'lost', values: 12, declared: { reason: 'nobody <b>faxes</b>', by: 'migrations/2.sql:3' } },
    { kind: 'column', name: 'public.users.mail', outcome: 'lost', values: 13 },
  ],
};
const summary = (preservation?: PreservationReport): RunSummary =>
  summarise(journal([...exampleEvents.pass(), ...(preservation === undefined ? [] : [{ type: 'preserved' as const, report: preservation }])]));

test('renamed columns with their values, what was declared with its place, and what is gone', () => {
  const page = String(preservationSection(summary(report)));
  expect(page).toContain('1,204,831 values in 3 columns');
  expect(page).toMatch(/legal_entity_id<\/code><\/td><td><code>public\.users\.tenant_id<\/code><\/td><td class="right num">1,204,331<\/td>.*?preserved/);
  expect(page).toContain('read back as text');
  expect(page).toContain('500 rows');
  expect(page).toMatch(/in no new column, as declared<\/span><br>nobody &lt;b&gt;faxes&lt;\/b&gt; <span class="quiet">\(migrations\/2\.sql:3\)/);
  expect(page).toContain('in no new column</span>');
});

test('CASCADE: silence says nothing where nobody looked', () => {
  const { recording: _, ...unrecorded } = summary(report);
  expect(String(preservationSection(unrecorded))).toContain('not observed: the recorder was off');
  const blind = { unobserved: [{ what: 'objects' as const, why: 'there is no superuser' }], statements: [] } as unknown as NonNullable<RunSummary['recording']>;
  expect(String(preservationSection({ ...unrecorded, recording: blind }))).toContain('not observed: there is no superuser');
  expect(String(preservationSection({ ...unrecorded, recording: { ...blind, unobserved: [] } }))).toContain('<dd>nothing</dd>');
});

test('nothing to tell where nobody asked, and no table where nothing had to be followed', () => {
  expect(preservationSection(summary())).toBeUndefined();
  expect(String(preservationSection(summary({ columns: 1, values: 2, followed: [] })))).not.toContain('<table>');
});
