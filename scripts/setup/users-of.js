import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * The other programs that run from a tree's node_modules, or are setting it up, each as `pid command`. Whoever has started this very process isn't one of them. Where there is
 * no /proc, those are found whose command line names the folder.
 */
export function usersOf(root) {
  const packages = join(root, 'node_modules') + sep;
  const processes = spawnSync('ps', ['-axww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1e8 }).stdout ?? '';
  const all = processes.split('\n').flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid, parent, args }];
  });
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const own = new Set();
  for (let pid = String(process.pid); pid !== undefined && !own.has(pid); pid = parents.get(pid)) own.add(pid);
  const isUser = ({ pid, parent, args }) => {
    if (own.has(pid) || parent === String(process.pid)) return false;
    return args.includes(packages) || linkOf(pid, 'exe').startsWith(packages) || (args.includes('scripts/setup.js') && linkOf(pid, 'cwd') === root);
  };
  return all.filter(isUser).map(({ pid, args }) => `${pid} ${args}`);
}

function linkOf(pid, name) {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}
