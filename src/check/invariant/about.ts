import type { CheckAbout } from '../check-about.ts';

export const invariantCheck: CheckAbout = {
  check: 'invariant',
  phase: 'data-gate',
  question: 'Does what the team declared to be always true still hold after migrating, and could the check have noticed if it didn’t?',
  effect: 'What the application or the business relies on is no longer true: rows of other tenants are seen, books don’t balance, history can be altered.',
  cure: 'Correct the migration that broke it, or the invariant in data.invariants if the rule has changed.',
  kinds: [
    { kind: 'sql', says: 'a query of your own and what it must give: rows, a value, an error. Broken by breakWith, or by what such queries commonly rely on.' },
    {
      kind: 'rls-isolation',
      says:
        'a role in the context of one tenant sees all of its rows and none of the others’, writes none of the others’, and sees nothing without a context, be the setting missing or an ' +
        'empty text, as it is on a used connection. Each partition that the role may read is asked too. Views that read past the policies are told. Broken by switching row level security off.',
    },
    {
      kind: 'append-only',
      says:
        'UPDATE of each column, DELETE and TRUNCATE fail or change nothing, as the role and, where there are triggers, as the owner; partitions too. A constraint in the way is no refusal. ' +
        'Broken by switching triggers and policies off and granting every right.',
    },
    {
      kind: 'status-forward',
      says: 'each step back is refused and each step forward isn’t, on a row that is in that state or is put into it. Broken by switching triggers and constraints off.',
    },
    {
      kind: 'view-equals',
      says: 'a view and a recomputation have the same rows, each as often. Broken by a view without rows, so that one that is compared with itself is found out.',
    },
    { kind: 'balances', says: 'amounts sum to zero, or debits equal credits, in each group; sums that are null don’t. Broken by one amount that is one more.' },
    {
      kind: 'foreign-keys-hold',
      says: 'every reference leads to a row, be its foreign key NOT VALID or only meant. Broken by taking away a row that is referred to.',
    },
    {
      kind: 'sequence-ahead',
      says: 'what a sequence gives next is beyond every number that is there, and within its bounds. Broken by a row that has that number; the sequence itself is never moved.',
    },
  ],
  sources: [
    {
      says: 'Superusers and roles with BYPASSRLS always pass row level security by, and so do owners unless it is forced.',
      url: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    },
    {
      says: 'Triggers for a statement fire for the table that the statement names, and not for those above or below it.',
      url: 'https://www.postgresql.org/docs/current/sql-createtrigger.html',
    },
    { says: 'What nextval and setval do is not undone by a rollback.', url: 'https://www.postgresql.org/docs/current/functions-sequence.html' },
  ],
};
