import * as kms from '@aws-sdk/client-kms';
import * as rds from '@aws-sdk/client-rds';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { XmlList } from './query-protocol.ts';
import { AwsError, type Call } from './service.ts';

/** The models that the SDK itself writes requests by, and reads answers by. EC2's names differ on the wire, and are left to its own stand-in. */
const models: Readonly<Record<string, object>> = { rds, kms, ssm, sts, secretsmanager: secretsManager };

/**
 * A shape as the SDK has it: `[kind, namespace, name, traits, …]`, where structures (3) go on with the names of their members and these members' shapes, lists (1)
 * with the shape of their items, operations (9) with input and output. A number is a plain type; a pair is a shape with traits of the place where it stands.
 */
type Shape = number | readonly unknown[] | (() => Shape);

/** Refuses a call that names a parameter which the service doesn't have, here or deeper, or lacks one that it needs. */
export function checkInput(call: Call): void {
  const operation = operationOf(call);
  if (operation === undefined) return;
  const { Action: _, Version: __, ...params } = call.params;
  check(operation[4] as Shape, params, call.action, (problem) => {
    throw new AwsError(call.service === 'rds' ? 'InvalidParameterValue' : 'ValidationException', problem);
  });
}

/** Refuses to answer with what the service can't say: a mistake in the stand-in. */
export function checkOutput(call: Call, answer: object): void {
  const operation = operationOf(call);
  if (operation === undefined) throw new Error(`the SDK knows no operation ${call.service}:${call.action}`);
  check(operation[5] as Shape, answer, call.action, (problem) => {
    throw new Error(`the stand-in answers wrongly: ${problem}`);
  });
}

export function hasModel(service: string): boolean {
  return service in models;
}

function operationOf({ service, action }: Call): readonly unknown[] | undefined {
  return (models[service] as Readonly<Record<string, readonly unknown[]>> | undefined)?.[`${action}$`];
}

function check(given: Shape, value: unknown, path: string, complain: (problem: string) => void): void {
  const shape = plain(given);
  if (value === undefined) return;
  if (value instanceof XmlList) {
    for (const item of value.items) check(itemOf(shape), item, path, complain);
  } else if (Array.isArray(value)) {
    for (const item of value) check(itemOf(shape), item, path, complain);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    if (!Array.isArray(shape) || shape[0] !== 3) {
      if (isMap(shape)) return;
      complain(`${path} is no structure.`);
      return;
    }
    const names = shape[4] as readonly string[];
    for (const [name, inner] of Object.entries(value)) {
      const at = names.indexOf(name);
      if (at === -1) complain(`Unknown parameter ${path}.${name}.`);
      else check((shape[5] as readonly Shape[])[at] ?? 0, inner, `${path}.${name}`, complain);
    }
    // Members that are needed come first, and are counted.
    const missing = names.slice(0, Number(shape[6] ?? 0)).find((name) => (value as Readonly<Record<string, unknown>>)[name] === undefined);
    if (missing !== undefined) complain(`The request must contain the parameter ${missing}.`);
  } else if (Array.isArray(shape) && shape[0] === 3 && value !== '') complain(`${path} is a structure.`);
}

function itemOf(shape: Shape): Shape {
  // A list of plain values is the plain type and 64.
  if (typeof shape === 'number') return shape >= 64 ? shape - 64 : 0;
  return Array.isArray(shape) && shape[0] === 1 ? (shape[4] as Shape) : 0;
}

function isMap(shape: Shape): boolean {
  return typeof shape === 'number' ? shape >= 128 || shape === 15 : Array.isArray(shape) && shape[0] === 2;
}

function plain(shape: Shape): Shape {
  if (typeof shape === 'function') return plain(shape());
  // A shape with the traits of its place.
  if (Array.isArray(shape) && typeof shape[0] !== 'number') return plain(shape[0] as Shape);
  // [0, namespace, name, traits, plain type] gives a plain type a name.
  if (Array.isArray(shape) && shape[0] === 0) return plain(shape[4] as Shape);
  if (Array.isArray(shape) && shape.length === 2) return plain(shape[0] as Shape);
  return shape;
}
