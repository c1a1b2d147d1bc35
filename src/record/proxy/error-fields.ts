import type { SqlErrorFields } from '../../core/failure.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** What an ErrorResponse says, by the letters of its fields (PostgreSQL's documentation, "Error and Notice Message Fields"). */
export function errorFields(fields: ReadonlyMap<string, string>): SqlErrorFields {
  const position = fields.get('P');
  return {
    sqlstate: fields.get('C') ?? '',
    message: fields.get('M') ?? '',
    ...withoutUndefined({
      detail: fields.get('D'),
      hint: fields.get('H'),
      position: position === undefined ? undefined : Number(position),
      where: fields.get('W'),
      schema: fields.get('s'),
      table: fields.get('t'),
      column: fields.get('c'),
      constraint: fields.get('n'),
    }),
  };
}

/** Whether the session ends with it. `V` is the severity that isn't translated. */
export function isFatal(fields: ReadonlyMap<string, string>): boolean {
  return ['FATAL', 'PANIC'].includes(fields.get('V') ?? fields.get('S') ?? '');
}
