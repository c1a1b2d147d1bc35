import { availableParallelism, hostname, userInfo } from 'node:os';
import type { SystemPort } from '../../core/ports.ts';
import { acceptTls } from './accept-tls.ts';
import { canExecute } from './can-execute.ts';
import { endMarked } from './end-marked.ts';
import { endProcess } from './end-process.ts';
import { environment, environmentSecrets } from './environment.ts';
import { freeDiskBytes } from './free-disk-bytes.ts';
import { freePort, isPortFree } from './free-port.ts';
import { listen } from './listen.ts';
import { onPath } from './on-path.ts';
import { processIdentity } from './process-identity.ts';
import { run, stream } from './run.ts';
import { runAttached } from './run-attached.ts';
import { start } from './start.ts';
import { startDetached } from './start-detached.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** The machine that we run on. */
export function makeSystem(): SystemPort {
  return {
    platform: process.platform,
    arch: process.arch,
    cores: availableParallelism(),
    host: hostname(),
    user: userName(),
    uid: process.getuid?.() ?? -1,
    environment,
    environmentSecrets,
    run,
    stream,
    runAttached,
    start,
    startDetached,
    processStartedAt: async (pid) => {
      const found = processIdentity(pid);
      return found === undefined || found.zombie ? undefined : found.startedAt;
    },
    endProcess,
    endMarked,
    onPath,
    freePort,
    isPortFree,
    listen,
    acceptTls,
    freeDiskBytes,
    canExecute,
    unprivilegedUser,
  };
}

/** In a container the uid may have no name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
