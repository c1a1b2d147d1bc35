import { changes } from '../preflight/changes.ts';
import { describeChanges } from '../preflight/describe-changes.ts';

describeChanges(15, changes);
