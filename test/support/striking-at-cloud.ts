import type { Context } from '../../src/core/ports.ts';

/** One of the moments between which nothing that outlives the process changes: right before and right after each line of the ledger, and each call that changes a cloud. */
export interface CloudStep {
  /** From 0, in their order. */
  readonly at: number;
  readonly what: 'plan' | 'amend' | 'take over' | 'forget' | `call ${string}`;
  readonly when: 'before' | 'after';
}

/**
 * A context that tells of each such moment, and goes on once `strike` has ended: by killing the process there, a test leaves what a power cut would. What `strike` throws takes the
 * place of the answer: after a call it is one that was done, and whose answer was lost.
 */
export function strikingAtCloud<C extends Context>(context: C, strike: (step: CloudStep) => unknown): C {
  let at = 0;
  const around = async <T>(what: CloudStep['what'], act: () => Promise<T>): Promise<T> => {
    await strike({ at: at++, what, when: 'before' });
    const result = await act();
    await strike({ at: at++, what, when: 'after' });
    return result;
  };
  const { ledger, edge } = context;
  return {
    ...context,
    ledger: {
      ...ledger,
      plan: (what) => around('plan', () => ledger.plan(what)),
      amend: (id, change) => around('amend', () => ledger.amend(id, change)),
      takeOver: (id) => around('take over', () => ledger.takeOver(id)),
      forget: (id) => around('forget', () => ledger.forget(id)),
    },
    edge: {
      ...edge,
      aws: {
        async connect(access) {
          const connected = await edge.aws.connect(access);
          if (!connected.ok) return connected;
          const account = connected.value;
          const call: typeof account.call = (operation, input, signal) =>
            /:(Describe|Get|List)/.test(operation)
              ? account.call(operation, input, signal)
              : around(`call ${operation}`, () => account.call(operation, input, signal));
          return { ok: true, value: { ...account, call } };
        },
      },
      azure: {
        async connect(access) {
          const connected = await edge.azure.connect(access);
          if (!connected.ok) return connected;
          const account = connected.value;
          const call: typeof account.call = (operation, input, signal) =>
            /_(Get|List)/.test(operation) ? account.call(operation, input, signal) : around(`call ${operation}`, () => account.call(operation, input, signal));
          return { ok: true, value: { ...account, call } };
        },
      },
    },
  };
}
