import { fewOf } from '../support/in-full.ts';
import { changes } from './changes.ts';
import { describeChanges } from './describe-changes.ts';

/** One of each kind: production itself, its roles, its sessions, the project, the evidence. */
const few = [
  'a policy is changed',
  'a role gets an attribute',
  'a session is idle in its transaction',
  'a migration file is edited',
  'a byte of the evidence is altered',
];

describeChanges(
  18,
  fewOf(changes, ({ name }) => few.includes(name)),
);
