/** One line of a test’s result. */
export interface TapTest {
  readonly ok: boolean;
  readonly number: number;
  readonly description: string;
  readonly directive?: 'todo' | 'skip';
}

/** What a test file printed. */
export interface TapOutput {
  /** How many tests it was to be; undefined where it didn’t say. */
  readonly plan: number | undefined;
  /** Why the whole file was skipped. */
  readonly skippedAll?: string;
  readonly tests: readonly TapTest[];
  readonly bailedOut?: string;
  /** What breaks the rules, a clause each: the result then means nothing good. */
  readonly faults: readonly string[];
}

const planLine = /^1\.\.(\d+)\s*(?:#\s*(.*))?$/;
const testLine = /^(not )?ok\b(?:\s+(\d+))?(?:\s*-)?\s*(.*)$/;
const directiveText = /(?:^|\s)#\s*(todo|skip\w*)\b/i;

/**
 * Reads TAP strictly: one plan, first or last; results counted from 1 without a gap. Lines that are indented belong to subtests, whose result is a line of its own;
 * other lines mean nothing.
 *
 * @example parseTap(['1..1', 'ok 1 - table shop exists']).tests.length // 1
 */
export function parseTap(lines: readonly string[]): TapOutput {
  const tests: TapTest[] = [];
  const faults: string[] = [];
  let plan: number | undefined;
  let planAfter: number | undefined;
  let skippedAll: string | undefined;
  let bailedOut: string | undefined;
  for (const line of lines.flatMap((text) => text.split('\n')).map((text) => text.trimEnd())) {
    const bail = /^Bail out!\s*(.*)$/i.exec(line);
    if (bail !== null) {
      bailedOut = bail[1] === '' ? 'without a reason' : bail[1];
      break;
    }
    const planned = planLine.exec(line);
    if (planned !== null) {
      if (plan !== undefined) faults.push('it has more than one plan');
      plan = Number(planned[1]);
      planAfter = tests.length;
      if (plan === 0) skippedAll = planned[2]?.replace(/^skip\w*\s*/i, '') ?? '';
      continue;
    }
    const result = testLine.exec(line);
    if (result === null) continue;
    const [, not, digits, rest = ''] = result;
    const number = digits === undefined ? tests.length + 1 : Number(digits);
    if (number !== tests.length + 1) faults.push(`test ${tests.length + 1} has the number ${number}`);
    const directive = directiveText.exec(rest);
    const description = (directive === null ? rest : rest.slice(0, directive.index)).trim();
    const kind = directive === null ? {} : { directive: directive[1]?.toLowerCase() === 'todo' ? ('todo' as const) : ('skip' as const) };
    tests.push({ ok: not === undefined, number, description, ...kind });
  }
  if (planAfter !== undefined && planAfter !== 0 && planAfter !== tests.length) faults.push('its plan stands among its results');
  return { plan, tests, faults, ...(skippedAll === undefined ? {} : { skippedAll }), ...(bailedOut === undefined ? {} : { bailedOut }) };
}
