import type { ServerCheck } from '../../config/schema.ts';
import type { ServerAnswer } from './server-answer.ts';

type VersionCheck = Extract<ServerCheck, { kind: 'version' }>;

/** Whether a version is in the range. @param serverVersionNum as server_version_num: 150018 */
export function judgeVersion({ min, max }: VersionCheck, serverVersionNum: number): ServerAnswer {
  const shown = `${Math.floor(serverVersionNum / 10_000)}.${serverVersionNum % 10_000}`;
  const expected = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ');
  const fits = (min === undefined || serverVersionNum >= lowest(min)) && (max === undefined || serverVersionNum <= highest(max));
  if (fits) return { kind: 'holds', found: `version ${shown}`, proof: `version ${shown} against ${expected}` };
  const cure = 'Deploy to a server of the version that was rehearsed, or correct the range and rehearse on that version.';
  return { kind: 'broken', found: `version ${shown}`, expected, rootCause: 'environment', cure };
}

function lowest(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 10_000 + minor;
}

/** `15` is all of 15. */
function highest(version: string): number {
  return version.includes('.') ? lowest(version) : lowest(version) + 9_999;
}
