/** Whether a client asks for a walsender, by the parameters of its start-up message: that one knows no extended protocol, and isn't counted as a session. */
export function streamsLog(parameters: ReadonlyMap<string, string>): boolean {
  const replication = parameters.get('replication');
  return replication !== undefined && !['false', 'off', 'no', '0'].includes(replication);
}
