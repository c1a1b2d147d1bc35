import { type MethodHere, methodsHere } from '../cluster/clone-method/methods-here.ts';
import { findBuilds } from '../cluster/find-builds.ts';
import { checkBuild } from '../cluster/prepare-build.ts';
import { countOf } from '../core/count-of.ts';
import type { Context } from '../core/ports.ts';
import { examineProject, type Project } from './examine-project.ts';
import { type Examined, told } from './examined.ts';

const gigabyte = 1024 ** 3;

/**
 * Looks at all that a rehearsal needs, changes nothing, and goes on after a trouble, so that all are seen at once. Without a project only this
 * machine is looked at.
 */
export async function doctor(context: Context, project: Project | undefined): Promise<readonly Examined[]> {
  return [...(await ofMachine(context)), ...(project === undefined ? [] : await examineProject(context, project))];
}

async function ofMachine(context: Context): Promise<readonly Examined[]> {
  const { postgres, system } = context.edge;
  const builds = await findBuilds(context);
  const servers: Examined[] = [];
  for (const build of builds) {
    const usable = await checkBuild(context, build);
    servers.push(told(`PostgreSQL ${build.version}`, usable, () => build.origin));
  }
  const dump = await postgres.pgDumpFor(Math.max(13, ...builds.map(({ major }) => major)));
  const free = await system.freeDiskBytes(context.home.data);
  return [
    ...servers,
    told('pg_dump', dump, ({ label }) => label),
    { what: 'ways of cloning', found: waysText(await methodsHere(context)) },
    { what: 'folder for clones', found: `${context.home.data}, ${(free / gigabyte).toFixed(1)} GB free` },
    { what: 'ledger', found: `${countOf((await context.ledger.list()).length, 'thing')} of ours in ${context.home.state}` },
  ];
}

/** The first that works is the one that is used. */
function waysText(ways: readonly MethodHere[]): string {
  const usable = ways.filter(({ reason }) => reason === undefined).map(({ method }) => method);
  const others = ways.flatMap(({ method, reason }) => (reason === undefined ? [] : [`${method}: ${reason}`]));
  const lazy =
    usable[0]?.startsWith('overlay') && !usable.includes('reflink') ? ['a table’s files are copied when it is first read; btrfs and XFS would share them'] : [];
  return [usable.join(', ') || 'none', ...lazy, ...(others.length === 0 ? [] : [`not ${others.join('; ')}`])].join('; ');
}
