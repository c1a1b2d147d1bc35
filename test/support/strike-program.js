// Loaded into the program itself (node --import): kills it with SIGKILL at one moment, wherever in the code that is. Moments are right before and right after each change of a ledger
// file, of the folder of a dump, each call that changes a cloud, and each program that is started. PGR_STRIKE_AT: the moment's name; PGR_STRIKE_LOG: a file that gets
// the name of each moment that was passed. Names, since how many moments come before one isn't the same each time.
import childProcess from 'node:child_process';
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';

const { PGR_STRIKE_AT: at, PGR_STRIKE_LOG: log } = process.env;

// Programs that it starts have the same environment.
if (at !== undefined && process.argv[1]?.endsWith('/bin/pgrehearse.js')) watch();

function watch() {
  const passed = /** @type {Map<string, number>} */ (new Map());
  const moment = (/** @type {string} */ what) => {
    const count = (passed.get(what) ?? 0) + 1;
    passed.set(what, count);
    const name = count === 1 ? what : `${what}, time ${count}`;
    if (log !== undefined) appendFileSync(log, `${name}\n`);
    if (name !== at) return;
    process.kill(process.pid, 'SIGKILL');
    // Nothing more is done, even if the signal takes a moment.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };

  const lineOf = (/** @type {string} */ file) => `ledger ${basename(file).split('-')[0]}`;
  const isLine = (/** @type {unknown} */ path) => typeof path === 'string' && basename(dirname(path)) === 'ledger' && path.includes('.json');
  const isDump = (/** @type {unknown} */ path) => typeof path === 'string' && path.includes('.partial');
  const name = (/** @type {string} */ path) => basename(path).replace(/-\d{8}-\d{6}/, '');
  const around = (
    /** @type {'open' | 'rename' | 'unlink' | 'mkdir' | 'rm' | 'writeFile'} */ method,
    /** @type {(path: string, to: unknown) => string | undefined} */ toldAs,
  ) => {
    const act = /** @type {(...given: any[]) => Promise<any>} */ (fs[method]);
    const wrapped = async (/** @type {any[]} */ ...given) => {
      const what = toldAs(given[0], given[1]);
      if (what === undefined) return await act.apply(fs, given);
      moment(`before ${what}`);
      const result = await act.apply(fs, given);
      moment(`after ${what}`);
      return result;
    };
    Object.assign(fs, { [method]: wrapped });
  };
  around('open', (path, flags) => (isLine(path) && flags === 'wx' ? `${lineOf(path)}: draft` : undefined));
  around('rename', (path) => (isLine(path) ? `${lineOf(path)}: written` : isDump(path) ? 'dump: named' : undefined));
  around('unlink', (path) => (isLine(path) && path.endsWith('.json') ? `${lineOf(path)}: forgotten` : undefined));
  around('mkdir', (path) => (isDump(path) ? `dump: folder ${name(path)}` : undefined));
  around('writeFile', (path) => (isDump(path) ? `dump: ${name(path)}` : undefined));
  around('rm', (path) => (typeof path === 'string' && path.endsWith('/pgrehearse-resource.json') ? 'dump: mark taken away' : undefined));

  const { end } = ClientRequest.prototype;
  Object.assign(ClientRequest.prototype, {
    /** @this {ClientRequest} */
    end(/** @type {any[]} */ ...given) {
      const target = this.getHeader('x-amz-target');
      const body = typeof given[0] === 'string' || given[0] instanceof Uint8Array ? Buffer.from(given[0]).toString('utf8') : '';
      const ofAzure = /\/(flexibleServers|firewallRules)\/[^/]+$/.exec(this.path.split('?')[0] ?? '')?.[1];
      const azureAction = ofAzure === undefined || this.method === 'GET' ? undefined : `${this.method} ${ofAzure}`;
      const action = azureAction ?? (typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(body).get('Action'));
      if (action && !/^(Describe|Get|List)/.test(action)) {
        moment(`before call ${action}`);
        // Before anybody else hears of the answer.
        this.prependOnceListener('response', () => moment(`after call ${action}`));
      }
      return end.apply(this, /** @type {any} */ (given));
    },
  });

  const { spawn } = childProcess;
  Object.assign(childProcess, {
    spawn(/** @type {any[]} */ ...given) {
      moment(`before start ${basename(given[0])}`);
      const child = spawn.apply(childProcess, /** @type {any} */ (given));
      moment(`after start ${basename(given[0])}`);
      return child;
    },
  });
  syncBuiltinESMExports();
}
