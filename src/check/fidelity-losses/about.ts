import type { CheckAbout } from '../check-about.ts';

export const fidelityLosses: CheckAbout = {
  check: 'fidelity-loss',
  phase: 'fidelity',
  question: 'Did the copy bring over everything of production?',
  effect: 'A policy, right or setting that is missing on the clone makes a check pass, or a migration run, that would not in production.',
  cure: 'Bring the clone what it lacks, or accept the loss by name in clone.acceptLosses, with a reason.',
};
