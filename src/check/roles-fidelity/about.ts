import type { CheckAbout } from '../check-about.ts';

export const rolesFidelity: CheckAbout = {
  check: 'roles-fidelity',
  phase: 'fidelity',
  question: 'Does the clone have production’s roles, with their attributes, memberships and settings?',
  effect: 'Row level security, rights and settings that depend on a role act otherwise than in production, so what is rehearsed proves nothing about them.',
  cure: 'Make the copy again as a role that may read pg_roles and pg_auth_members; what can’t be copied is named.',
};
