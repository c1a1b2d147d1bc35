import type { RecordingCheck } from './recording-check.ts';

/** All checks of a recording. */
export const recordingChecks: readonly RecordingCheck[] = [];
