import type { Failure } from '../core/failure.ts';
import type { Finding } from '../core/finding.ts';

/**
 * What a finding says of something that could not be tried: why, what to do, and the failure itself, by which findings of one cause are known.
 *
 * @example untried('The backfill totals could not be tried', { code: 'no-space', … }).title // 'The backfill totals could not be tried: 3 GB are missing'
 */
export function untried(what: string, { code, rootCause, message, cure }: Failure): Pick<Finding, 'title' | 'cure' | 'because'> {
  return { title: `${what}: ${message.replace(/\.$/, '')}`, cure, because: { code, rootCause, message, cure } };
}
