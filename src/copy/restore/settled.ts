/** Waits until all have ended, so that nothing runs on unseen; then throws the first error. */
export async function settled(promises: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(promises);
  const failed = ended.find((promise) => promise.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
