import type { Emit, Event } from '../core/event.ts';
import type { JournalEntry } from '../core/evidence.ts';
import { type Phase, type PhaseOutcome, phaseQuestions } from '../core/phase.ts';
import { summarise } from '../core/run-summary.ts';
import { visible } from '../core/visible-text.ts';
import { cutToWidth, padToWidth, wrapText } from './display-width.ts';
import { LiveRegion, type TerminalOutput } from './live-region.ts';
import { showDuration } from './measures.ts';
import { type ProgressEvent, progressLine, type TaskProgress, takeProgress } from './progress-line.ts';
import { makePaint, type Tone } from './terminal-style.ts';
import { verdictLines, type WrittenReport } from './terminal-verdict.ts';
import { outcomeSigns, phaseWords } from './words.ts';

/** A listener for events that writes them for people. */
export interface TerminalRenderer extends Emit {
  /** A line for the person, above what is going on now; one that is too long for the window is broken between words. */
  note(line: string): void;
  /** Takes the live region away, and prints the verdict if a run was started. Call it once everything else has been said. */
  finish(reports?: readonly WrittenReport[]): void;
}

/** In a pipe or log, progress is told this often, so that nobody thinks the run hangs. */
const pipedProgressMs = 10_000;
const nameWidth = 'preconditions'.length;
/** The width of a phase's sign, name and time. */
const besideHead = nameWidth + 15;

/**
 * Renders a stream of events for a terminal: finished phases as a log, below it what is going on now. Piped, the same lines without
 * anything that moves. Also for commands that have no run around them: then there is no verdict at the end.
 *
 * @example const render = terminalRenderer({ write: (text) => process.stdout.write(text), isTty, columns, color })
 */
export function terminalRenderer(output: TerminalOutput): TerminalRenderer {
  const paint = makePaint(output.color);
  const now = output.now ?? (() => performance.now());
  let entries: JournalEntry[] = [];
  let running: { phase: Phase; since: number; step?: string } | undefined;
  let task: TaskProgress | undefined;
  let toldAt = 0;

  const live = new LiveRegion(output, () => {
    if (running === undefined) return [];
    const columns = Math.max(4, output.columns - 1);
    const text = ` ${padToWidth(phaseWords[running.phase], nameWidth)} ${showDuration(now() - running.since).padStart(10)}  ${visible(running.step ?? phaseQuestions[running.phase])}`;
    return [paint('strong', spinner(now())) + cutToWidth(text, columns - 1), ...(task === undefined ? [] : [`  ${progressLine(task, columns - 2)}`])];
  });

  const onEvent = (event: Event): void => {
    if (event.type !== 'progress' && event.type !== 'output') entries.push(asEntry(event, now()));
    switch (event.type) {
      case 'run-started': {
        // Two runs of one command are told apart by an empty line.
        const gap = entries.length > 0 ? [''] : [];
        entries = [asEntry(event, now())];
        const { header } = event;
        live.log([...gap, paint('strong', visible(header.title)), paint('quiet', visible(`from ${header.source}, run ${header.runId}`)), '']);
        break;
      }
      case 'phase-started':
        running = { phase: event.phase, since: now() };
        task = undefined;
        live.start();
        live.refresh();
        break;
      case 'phase-finished':
        running = undefined;
        task = undefined;
        // The verdict's own lines come at the end, when the reports are written too.
        if (event.phase !== 'verdict') live.log(phaseLines(event));
        break;
      case 'step':
        if (running?.phase === event.phase) running.step = event.text;
        task = undefined;
        if (output.isTty) live.refresh();
        else live.log([paint('quiet', `  ${visible(event.text)}`)]);
        break;
      case 'progress':
        onProgress(event);
        break;
      case 'tunnel':
        if (event.failure !== undefined) live.log([paint('doubt', `  tunnel: ${visible(event.failure.message)}`)]);
        break;
      case 'output':
        live.log([paint('quiet', `  │ ${visible(event.line)}`)]);
        break;
      default:
        break;
    }
  };

  const onProgress = (event: ProgressEvent) => {
    task = takeProgress(task, event, now());
    if (output.isTty) live.refresh();
    else if (now() - toldAt >= pipedProgressMs && now() - task.first.atMs >= pipedProgressMs) {
      toldAt = now();
      live.log([paint('quiet', `  ${progressLine(task, 200)}`)]);
    }
  };

  const phaseLines = (event: Extract<Event, { type: 'phase-finished' }>): readonly string[] => {
    const time = event.outcome === 'not-run' || event.outcome === 'not-applicable' ? '' : showDuration(event.durationMs);
    const head = `${paint(tones[event.outcome], outcomeSigns[event.outcome])} ${padToWidth(phaseWords[event.phase], nameWidth)} ${time.padStart(10)}  `;
    // Beside the head where there is room for it, else below.
    const isWide = !output.isTty || output.columns - besideHead >= 25;
    const margin = isWide ? besideHead : 2;
    // In a pipe lines are as long as they are: whoever reads the log decides where to break them.
    const width = output.isTty ? Math.max(4, output.columns - margin - 1) : Number.MAX_SAFE_INTEGER;
    const tone: Tone = event.outcome === 'failed' ? 'bad' : event.outcome === 'inconclusive' ? 'doubt' : 'quiet';
    const lines = wrapText(visible(event.summary), width).map((line, index) => (isWide && index === 0 ? head : ' '.repeat(margin)) + paint(tone, line));
    return isWide ? lines : [head.trimEnd(), ...lines];
  };

  return Object.assign(onEvent, {
    note(text: string) {
      const lines = text.split('\n');
      live.log(output.isTty ? lines.flatMap((line) => wrapText(line, output.columns - 1)) : lines);
    },
    finish(reports: readonly WrittenReport[] = []) {
      running = undefined;
      live.stop();
      const summary = summarise(entries);
      if (summary.header !== undefined) live.log(verdictLines(summary, reports, output.isTty ? output.columns - 1 : 100, paint));
      entries = [];
    },
  });
}

const tones: Readonly<Record<PhaseOutcome, Tone>> = { passed: 'good', failed: 'bad', inconclusive: 'doubt', 'not-run': 'quiet', 'not-applicable': 'quiet' };

function spinner(nowMs: number): string {
  const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
  return frames[Math.floor(nowMs / 100) % frames.length] ?? '';
}

/** The summary is made from journal entries. Only the times between them matter here; there are no hashes yet. */
function asEntry(event: Event, nowMs: number): JournalEntry {
  return { seq: 0, at: new Date(nowMs).toISOString(), event, previousSha256: '', sha256: '' };
}
