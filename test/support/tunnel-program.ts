import { openTunnel } from '../../src/cloud/tunnel/open-tunnel.ts';
import type { AwsAccount } from '../../src/core/aws.ts';
import type { TunnelWish } from '../../src/core/cloud.ts';
import type { Context } from '../../src/core/ports.ts';
import { ok } from '../../src/core/result.ts';
import { patient, processesOf, proveBy } from './tunnel-tries.ts';
import { untilTrue } from './until-true.ts';
import { unwrap } from './unwrap.ts';
import { openContext } from './with-context.ts';

/**
 * A run that opens a tunnel, has it broken and opened again, and closes it. It kills itself with SIGKILL at one of the moments before and after everything that
 * is written down, asked of the cloud or started; it ends by itself when there are fewer.
 * Arguments: home folder, the number of the moment, the wish and the destination's port as JSON.
 */
const [root = '', moment = '', wish = '', port = ''] = process.argv.slice(2);
let passed = 0;
const here = () => {
  if (passed++ === Number(moment)) process.kill(process.pid, 'SIGKILL');
};
const around = <A extends unknown[], R>(call: (...given: A) => Promise<R>) => {
  return async (...given: A): Promise<R> => {
    here();
    const result = await call(...given);
    here();
    return result;
  };
};

const plain = await openContext(root);
const { ledger, edge } = plain;
const connect: Context['edge']['aws']['connect'] = async (access) => {
  const connected = await edge.aws.connect(access);
  if (!connected.ok) return connected;
  const account: AwsAccount = { ...connected.value, call: around(connected.value.call.bind(connected.value) as AwsAccount['call']) as AwsAccount['call'] };
  return ok(account);
};
const context = {
  ...plain,
  ledger: { ...ledger, plan: around(ledger.plan), amend: around(ledger.amend), forget: around(ledger.forget) },
  edge: { ...edge, aws: { connect }, system: { ...edge.system, start: around(edge.system.start) } },
};
const destination = { host: '127.0.0.1', port: Number(port) };
const address = { host: 'production.internal', port: Number(port), database: 'postgres', user: 'postgres', tls: 'disable' } as const;
const tunnel = unwrap(await openTunnel(context, JSON.parse(wish) as TunnelWish, destination, proveBy(context, address), patient));
for (const { pid } of processesOf(context)) process.kill(pid, 'SIGKILL');
await untilTrue('it is open again', async () => context.events.some((event) => event.type === 'tunnel' && event.what === 'opened-again'));
await tunnel[Symbol.asyncDispose]();
