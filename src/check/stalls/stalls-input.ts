import type { RecordSettings, TrafficSettings } from '../../config/schema.ts';
import type { Recording } from '../../core/recording.ts';
import type { TrafficReport } from '../../core/traffic.ts';

/** What the traffic met, and what the team takes for long. */
export interface StallsInput {
  /** Its stalls with their chains. */
  readonly report: TrafficReport;
  readonly recording: Recording;
  readonly settings: { readonly record: Pick<RecordSettings, 'limits' | 'checks'>; readonly traffic: Pick<TrafficSettings, 'queued' | 'tables'> };
}
