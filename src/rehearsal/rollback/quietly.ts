import type { Context } from '../../core/ports.ts';

/**
 * What runs a second time on another clone must not be taken for the deploy itself: of it only things are told that are made and removed, and what the
 * team's own commands print.
 */
export function quietly(context: Context): Context {
  return {
    ...context,
    emit: (event) => {
      if (event.type === 'resource') context.emit(event);
      if (event.type === 'output') context.emit({ ...event, phase: 'rollback' });
    },
  };
}
