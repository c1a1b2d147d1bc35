import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Result } from '../core/result.ts';
import type { Address, LocaleSettings } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { writeWhole } from './write-whole.ts';

/** What makes a load that can be gone on with. */
export interface Resumable {
  /** The same for attempts that load the same, into servers that are made alike. */
  readonly key: string;
  /** How far it is; undefined: there is nothing that would be worth keeping. As the end of "… are there". */
  readonly reached: () => string | undefined;
  /** Looks at what an earlier attempt left, before anything is added to it. Why it can't be gone on with, as the end of "…, but"; undefined: it can. */
  readonly survey: (admin: Address) => Promise<Result<string | undefined>>;
}

/** What was found out when the database was made. */
export interface Begun {
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
}

const recordName = 'loading.json';

/** Writes down that a load has begun, and by what a later attempt knows it. @param facts for the ledger line */
export async function markBegun<T extends Begun>(context: Context, resource: Resource, { key }: Resumable, begun: T, facts: Resource['facts']): Promise<void> {
  await writeWhole(join(String(resource.facts.folder), recordName), JSON.stringify(begun));
  await context.ledger.amend(resource.id, { facts: { loading: key, ...facts } });
}

/** What `markBegun` wrote; undefined where it isn't there. */
export async function readBegun<T extends Begun>({ facts }: Resource): Promise<T | undefined> {
  const text = await readFile(join(String(facts.folder), recordName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** It is whole: nobody may go on with it. */
export async function forgetBegun(folder: string): Promise<void> {
  await rm(join(folder, recordName), { force: true });
}

/** What attempts at the same load left, newest first: nobody is at work on them, nor ever finished them, since images that are whole keep the same facts. */
export async function attemptsLeft(context: Context, { key }: Resumable, isOne: (line: Resource) => boolean): Promise<readonly Resource[]> {
  const lines = (await context.ledger.list()).filter((line) => line.facts.loading === key && isOne(line)).reverse();
  const left: Resource[] = [];
  for (const line of lines) {
    const { kept, owner, facts } = line;
    if (kept || owner.host !== context.edge.system.host || (await readBegun(line)) === undefined) continue;
    if (facts.left === 'yes' || (await context.edge.system.processStartedAt(owner.pid)) !== owner.processStartedAt) left.push(line);
  }
  return left;
}

/** The ledger's name for this very process. */
export async function ownerHere({ edge: { system } }: Context): Promise<Resource['owner']> {
  return { pid: process.pid, processStartedAt: (await system.processStartedAt(process.pid)) ?? '', host: system.host };
}

/** Says that all is loaded again. @param why as the end of "…, but" */
export function tellBeginsAnew(context: Context, why: string): void {
  const text = `An interrupted load of the same was found, but ${why}: nothing of it can be trusted, so all is loaded again`;
  context.emit({ type: 'step', phase: 'provision', text });
}

/** The failure of an attempt whose work stays for the next one. It isn't kept on purpose: `gc` removes it once this process has ended. */
export async function leftFor(context: Context, resource: Resource, cause: Failure, far: string): Promise<Failure> {
  await context.ledger.amend(resource.id, { facts: { left: 'yes' } });
  const cure = `${cause.cure} The same load goes on with what is there; \`pgrehearse gc\` removes it.`;
  return { ...cause, message: `${cause.message} ${far} are there and were kept.`, cure };
}
