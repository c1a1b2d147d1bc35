import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SmokeCheck } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Asking } from '../scene.ts';
import type { Answered } from './answered.ts';

type ManualCheck = Extract<SmokeCheck, { kind: 'manual' }>;

/** What a person writes into the file when the steps are done. */
interface Signature {
  readonly check: string;
  readonly result: 'passed' | 'failed';
  readonly who: string;
  /** ISO 8601. */
  readonly when: string;
  /** `migrationsHash` of what was rehearsed. */
  readonly migrations: string;
  readonly note?: string;
}

/**
 * Names exactly these migrations: a signature for others counts for nothing.
 *
 * @returns 64 hexadecimal digits; undefined where no migration is known
 */
export function migrationsHash(migrations: readonly Pick<Migration, 'revision' | 'sha256'>[]): string | undefined {
  if (migrations.length === 0) return undefined;
  return createHash('sha256')
    .update(migrations.map(({ revision, sha256 }) => `${revision} ${sha256}\n`).join(''))
    .digest('hex');
}

/**
 * Looks for a person's word that the steps were carried out, for these very migrations and not too long ago. It is taken for what it is: nothing here proves
 * who wrote it.
 */
export async function checkManual(context: Context, { folder, migrations }: Asking, check: ManualCheck): Promise<Answered> {
  const failsBy = `a result other than passed, no signature for these migrations, or one older than ${check.validDays} days`;
  const hash = migrationsHash(migrations);
  if (hash === undefined) {
    const cure = 'Set migrate.folder, so that a signature can say what it is for.';
    return { outcome: 'unknown', said: 'it isn’t known which migrations are rehearsed, so no signature can be for them', failsBy, cure };
  }
  const steps = check.steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
  const line = JSON.stringify({ check: check.name, result: 'passed', who: '…', when: context.now().toISOString(), migrations: hash });
  const unsigned = (said: string): Answered => ({
    ...{ outcome: 'unknown', said, failsBy, detail: steps },
    cure: `Carry out the steps, then add this to "signatures" in ${check.file}, with your name and the result: ${line}`,
  });
  const file = await readFile(join(folder, check.file), 'utf8').catch(() => undefined);
  if (file === undefined) return unsigned(`nobody has signed: there is no ${check.file}`);
  const signatures = readSignatures(file);
  if (signatures === undefined) return { ...unsigned(`${check.file} can’t be read as a checklist`), cure: 'It has to be {"signatures": [ … ]}.' };
  const its = signatures.filter((one) => one.check === check.name && one.migrations === hash);
  // The last word counts: what failed may have been corrected, and what passed may have been found wrong.
  const [last] = its.toSorted((a, b) => Date.parse(b.when) - Date.parse(a.when));
  if (last === undefined) {
    const others = signatures.some((one) => one.check === check.name);
    return unsigned(others ? `the signatures in ${check.file} are for other migrations` : `nobody has signed for it in ${check.file}`);
  }
  const ageDays = (context.now().getTime() - Date.parse(last.when)) / 86_400_000;
  if (ageDays > check.validDays) return unsigned(`the signature of ${last.who} is of ${last.when}, more than ${check.validDays} days ago`);
  // A clock may be a little ahead; a day is a mistake, or worse.
  if (ageDays < -1) return unsigned(`the signature of ${last.who} is of ${last.when}, which is yet to come`);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const said = `${last.who} said ${last.result} on ${last.when}${last.note === undefined ? '' : ` (${last.note})`}; ${check.file} has the SHA-256 ${sha256}`;
  return { outcome: last.result === 'passed' ? 'works' : 'broken', said, failsBy, detail: steps };
}

function readSignatures(text: string): readonly Signature[] | undefined {
  try {
    const { signatures } = JSON.parse(text) as { signatures?: unknown };
    return Array.isArray(signatures) && signatures.every(isSignature) ? signatures : undefined;
  } catch {
    return undefined;
  }
}

function isSignature(value: unknown): value is Signature {
  if (typeof value !== 'object' || value === null) return false;
  const { check, result, who, when, migrations } = value as Partial<Record<keyof Signature, unknown>>;
  const texts = [check, who, when, migrations].every((one) => typeof one === 'string' && one.trim() !== '');
  return texts && (result === 'passed' || result === 'failed') && who !== '…' && !Number.isNaN(Date.parse(String(when)));
}
