import type { ExplainedComparison, ExplainedDifference } from '../../src/core/explained-comparison.ts';

function difference(change: Partial<ExplainedDifference> & Pick<ExplainedDifference, 'object'>): ExplainedDifference {
  return { class: 'semantic', how: 'changed', id: 'diff:x', title: 'It differs.', policy: 'fail', advice: { statements: [], notes: [] }, ...change };
}

export const policy = difference({
  class: 'security',
  object: { kind: 'policy', name: 'own_rows on public.invoice' },
  how: 'only-left',
  left: 'CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1));',
  touchedBy: { migration: '0007', place: { file: 'migrations/0007_policy.sql', line: 4 } },
  showSql: '\\d+ public.invoice',
  advice: { statements: ['CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1))'], notes: [] },
});
export const body = difference({
  object: { kind: 'function', name: 'public.total_of(bigint)' },
  property: 'body',
  left: 'begin\n  -- one\n  select 1;\n  return a;\nend',
  right: 'begin\n  -- one\n  select 1;\n  return round(a, 2);\nend',
});
export const column = difference({
  object: { kind: 'column', name: 'public.invoice.note' },
  how: 'only-right',
  right: 'type: text',
  waived: { reason: 'goes with the next release', expires: '2026-12-31' },
  advice: { statements: ['ALTER TABLE public.invoice DROP COLUMN note'], loses: 'the values of column public.invoice.note', notes: [] },
});

/** A comparison of two databases of the example, with one waiver. */
export function comparison(differences: readonly ExplainedDifference[], change: Partial<ExplainedComparison> = {}): ExplainedComparison {
  return {
    left: 'a@host:1/shop',
    right: 'a@host:1/fresh',
    outcome: 'different',
    summary: '2 differences in 412 objects; 1 difference waived until 2026-12-31.',
    differences,
    waivers: [
      {
        object: 'public.invoice.note',
        property: 'existence',
        reason: 'goes with the next release',
        expires: '2026-12-31',
        place: { file: 'pgrehearse.waivers.json', line: 3 },
        matched: 1,
        state: 'used',
      },
    ],
    scope: {
      engines: ['catalog facts', 'pg_dump 18, by object'],
      leftServer: 'a@host:1/shop: PostgreSQL 15.18',
      rightServer: 'a@host:1/fresh: PostgreSQL 18.4',
      objectsCompared: 412,
      factsCompared: 5120,
      kinds: { table: 20, column: 392 },
      excluded: ['public.ledger'],
      notCompared: ['rows'],
      cycles: 1,
      leftFingerprint: 'a'.repeat(64),
      rightFingerprint: 'b'.repeat(64),
    },
    advice: { changes: 'right', script: 'BEGIN;\nCOMMIT;\n', without: 1 },
    ...change,
  };
}

const hostile = '"<script>alert(1)</script>\u001b[2J\u202e\n## @everyone `x` [y](http://z)'.padEnd(63, '|');
/** Names that try to act on a terminal, a page and Markdown. */
export const hostileComparison = comparison(
  [
    difference({
      object: { kind: 'table', name: hostile },
      property: hostile,
      left: hostile,
      right: `${hostile}\n\`\`\`\n</code>`,
      explanation: hostile,
      showSql: hostile,
    }),
    difference({
      object: { kind: 'table', name: hostile },
      how: 'only-left',
      left: hostile,
      advice: { statements: [hostile], loses: hostile, notes: [hostile] },
    }),
  ],
  { left: hostile, right: hostile, waivers: [{ ...(comparison([]).waivers[0] as ExplainedComparison['waivers'][0]), object: hostile, reason: hostile }] },
);
