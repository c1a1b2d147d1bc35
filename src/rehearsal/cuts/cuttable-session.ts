import type { BoundStatement, Session } from '../../core/ports.ts';

/** What happens around the statements of a session that may be cut. */
export interface Cutter {
  /** Before anything is sent: may end the session. */
  before(session: Session): Promise<void>;
  /** Has the statement run; may end the session while it does. */
  during<T>(session: Session, text: string, run: () => Promise<T>): Promise<T>;
}

/** A session that is like any other, until its server process is ended at the moment that the cutter chooses. */
export function cuttableSession(session: Session, cutter: Cutter): Session {
  return {
    address: session.address,
    serverVersionNum: session.serverVersionNum,
    backendPid: session.backendPid,
    async query<Row>(text: string, values?: readonly unknown[]) {
      await cutter.before(session);
      return await session.query<Row>(text, values);
    },
    async queryAll<Row>(statements: readonly BoundStatement[]) {
      await cutter.before(session);
      return await session.queryAll<Row>(statements);
    },
    async execute(text) {
      await cutter.before(session);
      return await cutter.during(session, text, () => session.execute(text));
    },
    describe: (text) => session.describe(text),
    copyOut: (statement) => session.copyOut(statement),
    copyIn: (statement) => session.copyIn(statement),
    relayCopy: (target, relay) => session.relayCopy(target, relay),
    onNotice: (listener) => session.onNotice(listener),
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  };
}
