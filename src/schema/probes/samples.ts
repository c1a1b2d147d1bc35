/** The table of most probes. */
export const table = 'create table t (a int, b text);';

/** A function f(int) that returns an int. */
export function sqlFunction(options: string, body = 'select 1'): string {
  return `create function f(x int) returns int ${options} as $f$ ${body} $f$;`;
}

/** A foreign server s_$s. */
export const foreignServer = 'create foreign data wrapper w_$s; create server s_$s foreign data wrapper w_$s;';
