import type { CheckAbout } from '../check-about.ts';

export const poolingCheck: CheckAbout = {
  check: 'pooling',
  phase: 'compatibility',
  question: 'Does what must hold also hold behind a pooler in transaction mode, and does one client leave nothing to the next?',
  effect: 'The next client on that connection works with the tenant, role, search path or lock of the one before: rows of other tenants are seen or written.',
  cure: 'Use SET LOCAL, set_config(…, true) and pg_advisory_xact_lock() inside of a transaction; keep LISTEN, PREPARE and temporary tables off pooled connections.',
  kinds: [
    {
      kind: 'session',
      says:
        'what the application says when it takes a connection, committed by one client; the next one on the same connection of the server looks for settings, role, prepared statements, ' +
        'advisory locks, LISTEN, temporary tables and cursors. Shown to be able to fail by a client that does leave them.',
    },
    {
      kind: 'invariant',
      says:
        'each invariant with a role or settings that holds is asked again through the pooler, on a connection on which other contexts were set and are gone. What its SQL leaves when it is ' +
        'committed, in a transaction that only reads, is looked for too.',
    },
  ],
  sources: [{ says: 'What of a session works in transaction mode, and what doesn’t.', url: 'https://www.pgbouncer.org/features.html' }],
};
