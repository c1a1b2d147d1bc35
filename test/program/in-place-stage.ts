import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import type { JournalEntry } from '../../src/core/evidence.ts';
import type { Major } from '../support/fake-aws/rds/backing-server.ts';
import { type CloudStage, cloudProject } from './cloud-stage.ts';

/** Nothing that would need another clone. */
export const alone = { traffic: { enabled: false }, interruptions: { enabled: false } };

/** A production on RDS whose schema the repo knows, and a project that rehearses on the restored server itself. */
export async function inPlaceProject(more: object = {}, target: unknown = 'throwaway', major: Major = 15): Promise<CloudStage> {
  const stage = await cloudProject({ allowChanges: true }, { ...alone, target, baseline: { mode: 'init-at-head', schema: ['schema.sql'] }, ...more }, major);
  writeFileSync(join(stage.folder, 'schema.sql'), schema('\n  name text'));
  mkdirSync(join(stage.folder, 'migrations'), { recursive: true });
  return stage;
}

/** What the repo says the schema is at head. */
export function schema(added: string): string {
  return `create table public.customers (id int primary key, note text not null,${added});
create sequence public.numbers start 42;
grant select on public.customers to reporting;
grant all on schema public to owner;`;
}

/** The journal of the newest run. */
export function eventsOf({ folder }: Pick<CloudStage, 'folder'>): readonly Event[] {
  const runs = join(folder, '.pgrehearse/runs');
  const newest = readdirSync(runs)
    .toSorted()
    .findLast((name) => existsSync(join(runs, name, 'journal.jsonl')));
  const lines = readFileSync(join(runs, newest ?? '', 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as JournalEntry).event);
}

/** What each gate said, by its name. */
export function gatesOf(stage: Pick<CloudStage, 'folder'>): Readonly<Record<string, string>> {
  return Object.fromEntries(eventsOf(stage).flatMap((event) => (event.type === 'gate' ? [[event.gate.gate, event.gate.outcome]] : [])));
}
