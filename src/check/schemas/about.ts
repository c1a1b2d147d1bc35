import type { CheckAbout } from '../check-about.ts';

// The comparisons of schemas: two engines that know nothing of each other, and policies that say which classes of difference count.
const effect =
  'Somebody’s hand, a lost statement or a migration that does something else than the repo says. What reads the schema from the repo then fails, or works on data that is not protected as it seems.';
const bothEngines = {
  says: 'Two engines compare: facts of both catalogs, and pg_dump’s own text. Where they disagree, the difference is of class unexplained.',
  url: 'https://www.postgresql.org/docs/current/app-pgdump.html',
};

export const schemaFidelity: CheckAbout = {
  check: 'schema-fidelity',
  phase: 'fidelity',
  question: 'Is the clone’s schema production’s own, object by object?',
  effect: 'A policy, index or constraint that only the clone lacks, or only the clone has, makes every later answer one about another database.',
  cure: 'Bring the clone what it lacks: an extension, a role, or a right for the role that reads production.',
  sources: [bothEngines],
};

export const anchorParity: CheckAbout = {
  check: 'anchor-parity',
  phase: 'lineage',
  question: 'Is a production that was never stamped what the repo builds up to the anchor, object by object?',
  effect: 'A production that is stamped as a revision that it does not equal gets migrations that were written for another schema.',
  cure: 'Name another anchor, or bring production and the repo together first; a difference that is meant can be waived.',
  sources: [bothEngines],
};

export const drift: CheckAbout = {
  check: 'drift',
  phase: 'drift',
  question: 'Does production, before migrating, equal what the repo says at the same revision?',
  effect,
  cure: 'Write a migration that says what production has, or take back what was changed by hand; `drift.policy` says whether it ends the run.',
  sources: [bothEngines],
};

export const schemaEquality: CheckAbout = {
  check: 'schema-equality',
  phase: 'schema-gate',
  question: 'Does the migrated clone have the schema that the repo says it should have, object by object?',
  effect,
  cure: 'Correct the migrations or the checked-in schema. What is meant to differ for a while is waived by name, with a reason and a last day, in the file of waivers; `schemaGate.policies` says which classes count.',
  kinds: [
    { kind: 'security', says: 'owners, rights, policies, row level security, SECURITY DEFINER, search paths of functions.' },
    { kind: 'semantic', says: 'what else changes what data and queries mean: columns, types, defaults, constraints, indexes, functions, triggers, views.' },
    { kind: 'order', says: 'the same columns in another order.' },
    { kind: 'names', says: 'the same thing under another name, such as a constraint or an index.' },
    { kind: 'physical', says: 'how rows are stored: storage parameters, tablespaces, statistics targets.' },
    { kind: 'comment', says: 'comments of objects.' },
    { kind: 'unstable', says: 'what two builds of the same baseline differ in.' },
    { kind: 'environment', says: 'what comes from another version or other settings of the server.' },
    { kind: 'unexplained', says: 'pg_dump’s text differs, and no fact of the catalogs says why.' },
    { kind: 'deparse-only', says: 'written otherwise after a dump and restore only: it means the same.' },
  ],
  sources: [bothEngines],
};

export const ledgerRows: CheckAbout = {
  check: 'ledger-rows',
  phase: 'schema-gate',
  question: 'Does the migrated clone’s list of applied migrations name the ones that the baseline counts as applied?',
  effect: 'A migration that ran without being recorded runs again at the next deploy; one that is recorded without having run never does.',
  cure: 'Make the migrations record what they apply, or correct what the baseline counts as applied.',
};

export const waiver: CheckAbout = {
  check: 'waiver',
  phase: 'schema-gate',
  question: 'Does each waiver of a schema difference still hold: not past its last day, and for a difference that is there?',
  effect: 'A waiver that nobody looks at any more hides the next difference of the same object.',
  cure: 'Correct the difference or decide again and set a new day; take out what matches nothing, or correct its name.',
};
