import { expect, test } from 'vitest';
import { exampleEvents, journal } from '../../../test/support/example-runs.ts';
import { exampleSmoke } from '../../../test/support/example-smoke.ts';
import type { Event } from '../../core/event.ts';
import { summarise } from '../../core/run-summary.ts';
import { smokeSection } from './smoke-section.ts';

const summaryOf = (events: readonly Event[]) => summarise(journal(events));

test('a row for each check and a column for each moment; what proves nothing doesn’t count as working', () => {
  const page = String(smokeSection(summaryOf([...exampleEvents.pass(), ...exampleSmoke.map((report) => ({ type: 'smoked', report }) as const)])));
  expect(page).toContain('7 of 11 answers show that it works');
  expect(page.match(/<th scope="col">/g)).toHaveLength(4);
  expect(page).toContain('proves nothing</span><br>nobody came to the clone');
  expect(page).toContain('not asked');
  expect(page).toContain('<a href="smoke/new-start_page.png">');
  expect(page).not.toContain('<script>alert');
  expect(smokeSection(summaryOf(exampleEvents.pass()))).toBeUndefined();
});
