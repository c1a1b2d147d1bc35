import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';

const deadlock = '40P01';
const attempts = 5;

/**
 * Two statements that lock the same tables in another order: the server ends one of them, which then simply starts again. Nothing of it was
 * done, since the text is one implicit transaction. Throws SqlError.
 */
export async function executeRetrying(session: Session, text: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.execute(text);
      return;
    } catch (error) {
      if (!(error instanceof SqlError) || error.fields.sqlstate !== deadlock || attempt === attempts) throw error;
    }
  }
}
