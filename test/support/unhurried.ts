/**
 * Settings for rehearsals that aren't about time: a busy machine holds locks for longer than production would, which would be a finding, and the long reader of
 * the traffic makes each run wait. Neither are they about deploys that are cut off.
 */
export const unhurried = {
  record: { limits: { briefLockMs: 60_000, longLockMs: 60_000, stallMs: 60_000 } },
  traffic: { longReaderSeconds: 0 },
  // Each deploy would be run several times.
  interruptions: { enabled: false },
} as const;
