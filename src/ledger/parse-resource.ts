import { type Resource, resourceKinds } from '../core/resource.ts';

/** Reads a ledger file's text. A text that isn't a whole resource gives the reason, since half a line must not steer what is deleted. */
export function parseResource(text: string, expectedId: string): Resource | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'it is not JSON' };
  }
  if (!isRecord(value)) return { reason: 'it is not a JSON object' };
  const owner = value.owner;
  const facts = value.facts;
  if (value.id !== expectedId) return { reason: 'its id is not the file’s name' };
  if (!resourceKinds.some((kind) => kind === value.kind)) return { reason: `its kind is ${JSON.stringify(value.kind)}` };
  if (typeof value.label !== 'string' || typeof value.kept !== 'boolean') return { reason: 'label or kept is missing' };
  if (!isInstant(value.createdAt)) return { reason: 'createdAt is not an instant' };
  if (value.expiresAt !== undefined && !isInstant(value.expiresAt)) return { reason: 'expiresAt is not an instant' };
  if (value.runId !== undefined && typeof value.runId !== 'string') return { reason: 'runId is not text' };
  if (!isRecord(facts) || !Object.values(facts).every((fact) => typeof fact === 'string' || typeof fact === 'number')) {
    return { reason: 'facts is not an object of texts and numbers' };
  }
  if (!isRecord(owner) || typeof owner.pid !== 'number' || typeof owner.processStartedAt !== 'string' || typeof owner.host !== 'string') {
    return { reason: 'owner is not complete' };
  }
  return value as unknown as Resource;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
