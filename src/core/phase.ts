/** The phases of a run, in order. */
export const phases = [
  'preconditions',
  'provision',
  'fidelity',
  'lineage',
  'drift',
  'migrate',
  'schema-gate',
  'data-gate',
  'compatibility',
  'rollback',
  'verdict',
] as const;

export type Phase = (typeof phases)[number];

/** The question that a phase answers, as the terminal and the report print it. */
export const phaseQuestions: Readonly<Record<Phase, string>> = {
  preconditions: 'Is it safe and possible to start?',
  provision: 'Is there a clone to work on?',
  fidelity: 'Is the clone a true copy of production?',
  lineage: 'Which migrations are applied, and which are pending?',
  drift: 'Does production equal what the repo says it is today?',
  migrate: 'Do the pending migrations apply?',
  'schema-gate': 'Does the migrated clone equal the baseline?',
  'data-gate': 'Did data change only where the migrations say so?',
  compatibility: 'Does the application still work?',
  rollback: 'Is there a way back?',
  verdict: 'Is it safe to deploy?',
};

/** What became of a phase. `not-run`: an earlier phase stopped the run. `not-applicable`: nothing is configured for it. */
export type PhaseOutcome = 'passed' | 'failed' | 'inconclusive' | 'not-run' | 'not-applicable';
