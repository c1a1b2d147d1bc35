import type { SchemaObject } from '../../compare/schema-object.ts';
import { splitList } from '../../text/statement-reader.ts';
import { type Advised, advised, type Change, type Step, unknown } from './change.ts';

/** What an option is unless it is given; for those that ALTER SUBSCRIPTION can set. */
const usual: Readonly<Record<string, string>> = {
  binary: 'false',
  streaming: 'off',
  synchronous_commit: 'off',
  disable_on_error: 'false',
  origin: 'any',
  password_required: 'true',
  run_as_owner: 'false',
  failover: 'false',
};

interface Definition {
  readonly connection: string;
  readonly publications: string;
  readonly options: ReadonlyMap<string, string>;
}

function read(text: string | undefined): Definition | undefined {
  const found = /^CREATE SUBSCRIPTION \S+ CONNECTION ('(?:[^']|'')*') PUBLICATION ([\s\S]*?) WITH \(([\s\S]*)\)$/.exec(text ?? '');
  if (found === null) return undefined;
  const options = splitList(found[3] ?? '').map((option) => option.split(' = ') as [string, string]);
  return { connection: found[1] ?? '', publications: found[2] ?? '', options: new Map(options) };
}

/** A subscription: what it subscribes to and how. Where it connects to is a secret, and its slot is a thing of the other server. */
export function adviseSubscription({ name, property, haveObject, wantObject }: Change): Advised | undefined {
  if (property === 'connection') return unknown('Where it connects to is a secret, which is not shown: ALTER SUBSCRIPTION … CONNECTION.');
  const definition = (object: SchemaObject | undefined) => read(object?.properties.get('definition'));
  const [from, to] = property === 'definition' ? [definition(haveObject), definition(wantObject)] : [];
  if (from === undefined || to === undefined) return undefined;
  const step = (text: string): Step => ({ stage: 'publications', sql: `ALTER SUBSCRIPTION ${name} ${text}` });
  if (from.connection !== to.connection) return unknown('Where it connects to is a secret, which is not shown: ALTER SUBSCRIPTION … CONNECTION.');
  const changed = [...new Set([...from.options.keys(), ...to.options.keys()])].filter((option) => from.options.get(option) !== to.options.get(option));
  const stuck = changed.filter((option) => usual[option] === undefined);
  if (stuck.length > 0)
    return unknown(`No statement is known that sets ${stuck.join(', ')} without the other server: drop the subscription and make it again.`);
  return advised(
    ...(from.publications === to.publications ? [] : [step(`SET PUBLICATION ${to.publications} WITH (refresh = false)`)]),
    ...changed.map((option) => step(`SET (${option} = ${to.options.get(option) ?? usual[option]})`)),
  );
}
