import { expect, test } from 'vitest';
import { pageLines } from './page-lines.ts';

const page = `# rewrite

Was a table **written** anew, as [decision 17](../decisions/0017.md) has it, by a statement that is long enough to be broken?

\`\`\`sql
alter table public.invoice alter column issued_on type timestamptz; -- code is never broken, so that it can be pasted
\`\`\`

> **blocker**: public.invoice was written anew under a lock that was held for long.

- A lock is held to the end of its transaction, whatever else it does. <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>
  - inner
`;

test('a page as lines of a terminal', () => {
  expect(pageLines(page, 50, (tone, text) => (tone === 'strong' ? `[${text}]` : text)).join('\n')).toBe(`[rewrite]

Was a table written anew, as decision 17 has it,
by a statement that is long enough to be broken?

  alter table public.invoice alter column issued_on type timestamptz; -- code is never broken, so that it can be pasted

> blocker: public.invoice was written anew under a
> lock that was held for long.

- A lock is held to the end of its transaction,
  whatever else it does.
  https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
  - inner`);
});
