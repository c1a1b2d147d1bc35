import type { Context, Session } from '../../src/core/ports.ts';

/**
 * A context whose sessions do something when a statement that fits is about to be sent for the last time of so many: a fault that strikes where it is meant to,
 * however fast or slow the machine is.
 *
 * @param before how many statements that fit are sent without
 * @param strike the statement is sent once it has ended
 */
export function strikingAt(context: Context, pattern: RegExp, before: number, strike: () => unknown): Context {
  let seen = 0;
  const watched = (session: Session): Session =>
    new Proxy(session, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const [text] = given;
          const isIt = (name === 'execute' || name === 'query') && typeof text === 'string' && pattern.test(text) && seen++ === before;
          const struck = isIt ? strike() : undefined;
          return struck instanceof Promise ? struck.then(() => value.apply(target, given)) : value.apply(target, given);
        };
      },
    });
  const connect: Context['edge']['postgres']['connect'] = async (...given) => {
    const connected = await context.edge.postgres.connect(...given);
    return connected.ok ? { ok: true, value: watched(connected.value) } : connected;
  };
  return { ...context, edge: { ...context.edge, postgres: { ...context.edge.postgres, connect } } };
}
