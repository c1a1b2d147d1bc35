import type { Context, Session } from '../../src/core/ports.ts';

/**
 * A context that tells of each moment at which a sync of tables may end: before and right after each statement is sent, and while rows flow. `onMoment` gets what
 * is sent and the moment's number, from 0.
 */
export function withMoments(context: Context, onMoment: (what: string, at: number) => void): Context {
  let passed = 0;
  const moment = (what: string) => onMoment(what, passed++);
  const watched = (session: Session): Session =>
    new Proxy(session, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name === 'relayCopy') {
          return async (writer: Session, relay: Parameters<Session['relayCopy']>[1]) => {
            moment(`before ${relay.into}`);
            const onData: typeof relay.onData = (...given) => {
              moment(`rows of ${relay.into}`);
              relay.onData?.(...given);
            };
            const relayed = await target.relayCopy(real.get(writer) ?? writer, { ...relay, onData });
            moment(`after ${relay.into}`);
            return relayed;
          };
        }
        if (name !== 'execute' && name !== 'query') return (...given: unknown[]) => value.apply(target, given);
        return (...given: unknown[]) => {
          moment(`before ${given[0]}`);
          const answered = value.apply(target, given);
          moment(`sent ${given[0]}`);
          return answered;
        };
      },
    });
  const real = new WeakMap<Session, Session>();
  const connect: Context['edge']['postgres']['connect'] = async (...given) => {
    const connected = await context.edge.postgres.connect(...given);
    if (!connected.ok) return connected;
    const session = watched(connected.value);
    real.set(session, connected.value);
    return { ok: true, value: session };
  };
  return { ...context, edge: { ...context.edge, postgres: { ...context.edge.postgres, connect } } };
}
