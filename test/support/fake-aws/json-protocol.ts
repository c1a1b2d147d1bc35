/** The JSON protocols put the action into a header: `X-Amz-Target: AmazonSSM.StartSession`. */
export function readTarget(target: string | string[] | undefined): string | undefined {
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : undefined;
}

/** A body that isn't JSON is none. */
export function readJson(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
