import type { RecordingCheckName } from '../../config/settings/record.ts';

/** Rules of squawk 2 that ask, of the text, what checks of ours ask of what the server did. All others are hints of their own. */
const sameQuestion: Readonly<Record<string, readonly RecordingCheckName[]>> = {
  'adding-field-with-default': ['volatile-default'],
  'adding-foreign-key-constraint': ['validated-under-lock'],
  'adding-not-nullable-field': ['validated-under-lock'],
  'adding-serial-primary-key-field': ['volatile-default', 'blocking-index'],
  'ban-concurrent-index-creation-in-transaction': ['concurrently-in-transaction'],
  'changing-column-type': ['rewrite', 'type-change'],
  'constraint-missing-not-valid': ['validated-under-lock'],
  'disallowed-unique-constraint': ['blocking-index'],
  'prefer-repack': ['rewrite'],
  'require-concurrent-index-creation': ['blocking-index'],
  'require-concurrent-index-deletion': ['long-lock'],
  'require-concurrent-partition-detach': ['long-lock'],
  'require-concurrent-reindex': ['rewrite'],
  'require-lock-timeout': ['no-lock-timeout'],
};

/** The checks that ask the same as a rule; none where it is squawk's alone. */
export function checksOfRule(rule: string): readonly RecordingCheckName[] {
  return Object.hasOwn(sameQuestion, rule) ? (sameQuestion[rule] ?? []) : [];
}

/** The rules that ask the same as a check. */
export function rulesOfCheck(check: string): readonly string[] {
  return Object.keys(sameQuestion).filter((rule) => checksOfRule(rule).some((name) => name === check));
}
