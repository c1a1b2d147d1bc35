import type { SmokeReport } from '../../src/core/smoke.ts';

const used = { sessions: 2, statements: true };
const works = { required: true, outcome: 'works', said: 'GET /items answered 200', failsBy: 'a status beyond 200–299', use: used, durationMs: 14 } as const;
const application = {
  ...works,
  name: 'application',
  kind: 'application',
  said: 'started, got ready, and stayed until everything was asked',
  durationMs: 812,
} as const;
const page = { ...works, name: 'start page', kind: 'page', said: '/ loaded with 200, without an error', artifacts: ['smoke/new-start_page.png'] } as const;
const role = { name: 'shop_app', named: true };
const version = { ref: 'v41', commit: '0123456789abcdef0123456789abcdef01234567' };

/** Today's application works today and breaks on the migrated schema; the new one works, and one of its checks proves nothing. */
export const exampleSmoke: readonly SmokeReport[] = [
  { moment: 'before', role, version, answers: [application, { ...works, name: 'items', kind: 'http' }, page] },
  {
    ...{ moment: 'old-on-new', role, version },
    answers: [
      {
        ...application,
        outcome: 'broken',
        said: 'printed what it must not: ERROR column "name" does not exist',
        artifacts: ['smoke/old-on-new-application.log'],
      },
      {
        ...works,
        name: 'items',
        kind: 'http',
        outcome: 'broken',
        said: 'GET /items answered 500',
        detail: '{"error":"<script>alert(1)</script> column \\"name\\" does not exist"}',
      },
      { ...page, outcome: 'unknown', said: 'no chromium, Chrome or Edge was found on this machine', artifacts: [] },
    ],
  },
  {
    ...{ moment: 'new', role },
    answers: [
      application,
      { ...works, name: 'items', kind: 'http' },
      page,
      { ...works, name: 'health', kind: 'http', said: 'GET /health answered 200', use: { sessions: 0, statements: false } },
      {
        name: 'checkout',
        kind: 'manual',
        required: true,
        outcome: 'works',
        said: 'Ada said passed on 2026-03-09',
        failsBy: 'no signature',
        detail: '1. Buy something.\n2. See the mail.',
        durationMs: 1,
      },
    ],
  },
];
