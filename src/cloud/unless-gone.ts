import { CloudError } from '../core/cloud-error.ts';

/** For `catch`: this code means that there is no such thing; any other error is thrown on. */
export function unlessGone(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof CloudError && error.code === code) return undefined;
    throw error;
  };
}
