import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { leftovers } from './about.ts';

/** A finding of this check with what all of them have. */
export function leftover(object: ObjectName, severity: Severity, title: string): Finding {
  return {
    id: findingId(leftovers.check, object),
    check: leftovers.check,
    phase: leftovers.phase,
    severity,
    rootCause: 'structural-parity',
    object,
    title,
    cure: leftovers.cure,
  };
}
