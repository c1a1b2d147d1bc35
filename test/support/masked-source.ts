import type { MaskingSettings } from '../../src/config/schema.ts';
import { openReader } from '../../src/copy/live/copy-tables.ts';
import { listTables, selectList } from '../../src/copy/live/table-list.ts';
import { type Examination, type ExamineOptions, examineMasking } from '../../src/copy/mask/examine-masking.ts';
import { planMasking } from '../../src/copy/mask/plan-masking.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { LiveSource } from '../../src/core/open-source.ts';
import type { Address } from '../../src/core/server.ts';
import { openUrl } from '../../src/source/url.ts';
import { qualifiedName } from '../../src/sql/quote.ts';
import { testContext } from './test-context.ts';

/** The variable that holds a salt, in the context of openMasked. */
export const saltVariable = 'PGREHEARSE_TEST_SALT';
export const saltGiven = 'a salt for the tests of masks';

const defaults: MaskingSettings = { columns: {}, strict: false };

/** A database as a masked source; what stands in the way as an exception. */
export async function openMasked(address: Address, settings: Partial<MaskingSettings>, variables?: Variables): Promise<LiveSource> {
  const source = await openPlain(address);
  const planned = await planMasking(contextWithSalt(variables), source, { ...defaults, ...settings });
  if (planned.ok) return planned.value;
  await source[Symbol.asyncDispose]();
  throw new MaskingRefused(planned.failure);
}

/** What is found when a database is held against decisions. */
export async function examine(address: Address, settings: Partial<MaskingSettings>, options: ExamineOptions = {}): Promise<Examination> {
  await using source = await openPlain(address);
  return await examineMasking(contextWithSalt(), source, { ...defaults, ...settings }, options);
}

async function openPlain({ user, host, port, database }: Address): Promise<LiveSource> {
  const opened = await openUrl(testContext(), { url: `postgres://${user}@${host}:${port}/${database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

type Variables = Readonly<Record<string, string>>;

export function contextWithSalt(variables: Variables = {}): ReturnType<typeof testContext> {
  const { edge, ...rest } = testContext();
  const environment = (name: string) => (name === saltVariable ? saltGiven : (variables[name] ?? edge.system.environment(name)));
  return { ...rest, edge: { ...edge, system: { ...edge.system, environment } } };
}

export class MaskingRefused extends Error {
  /** What each problem says. */
  readonly messages: readonly string[];
  readonly failure: Failure;
  constructor(failure: Failure) {
    const messages = (failure.problems ?? [failure]).map(({ message }) => message);
    super(messages.join('\n'));
    this.messages = messages;
    this.failure = failure;
  }
}

/** The problems that masking has with a database; none when it can be masked. */
export async function problemsOf(address: Address, settings: Partial<MaskingSettings>, variables?: Variables): Promise<readonly string[]> {
  try {
    await using _ = await openMasked(address, settings, variables);
    return [];
  } catch (error) {
    if (error instanceof MaskingRefused) return error.messages;
    throw error;
  }
}

/** The rows of a table as a copy would get them. */
export async function maskedRows(source: LiveSource, name: string): Promise<readonly Record<string, unknown>[]> {
  await using reader = await openReader(testContext(), source);
  const table = (await listTables(reader, source.masking)).find((one) => one.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return await reader.query(`select ${selectList(table)} from only ${qualifiedName(table.schema, table.name)} order by 1`);
}
