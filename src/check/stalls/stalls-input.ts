import type { RecordSettings, TrafficSettings } from '../../config/schema.ts';
import type { Finding } from '../../core/finding.ts';
import type { Recording } from '../../core/recording.ts';
import type { TrafficReport } from '../../core/traffic.ts';

/** What the traffic met, and what the team takes for long. */
export interface StallsInput {
  /** Its stalls with their chains. */
  readonly report: TrafficReport;
  readonly recording: Recording;
  /** The ledger's table, quoted as in a recording: nobody but migrations uses it. */
  readonly ledger?: string;
  /** What was met in tries that count no more. */
  readonly earlier?: readonly Finding[];
  readonly settings: { readonly record: Pick<RecordSettings, 'limits' | 'checks'>; readonly traffic: Pick<TrafficSettings, 'queued' | 'tables'> };
}
