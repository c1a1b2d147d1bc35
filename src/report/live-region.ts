/** Where a terminal renderer writes. The caller decides about terminal and colour; nothing here looks at streams or the environment. */
export interface TerminalOutput {
  write(text: string): void;
  readonly isTty: boolean;
  /** Read each time, so that a getter can follow the window. */
  readonly columns: number;
  readonly color: boolean;
  /** Milliseconds, for rates and elapsed times; performance.now unless given. */
  readonly now?: () => number;
}

/** Redraws at most this often. */
const intervalMs = 100;

/**
 * The lines at the bottom of a terminal that change while the log above them grows. Each update is a single write, so that nothing
 * flickers, and no line is longer than the window, so that the cursor always knows where it is.
 */
export class LiveRegion {
  readonly #output: TerminalOutput;
  readonly #draw: () => readonly string[];
  #height = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param draw the lines as they should stand now, each fitting the window */
  constructor(output: TerminalOutput, draw: () => readonly string[]) {
    this.#output = output;
    this.#draw = draw;
  }

  /** Keeps elapsed times going while no event comes. Doesn't keep the process alive. */
  start(): void {
    if (!this.#output.isTty || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.refresh(), intervalMs).unref();
  }

  /** Writes log lines above the region. */
  log(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join('');
    if (this.#output.isTty) this.#paint(text);
    else this.#output.write(text);
  }

  /** Redraws, unless that has just been done. */
  refresh(): void {
    if (this.#output.isTty && this.#now() - this.#drawnAt >= intervalMs) this.#paint('');
  }

  /** Takes the region away. Safe to call again. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#height > 0) this.#output.write(this.#erase());
    this.#height = 0;
  }

  #paint(above: string): void {
    const lines = this.#timer === undefined ? [] : this.#draw();
    const below = lines.map((line) => `${line}\n`).join('');
    const erased = this.#erase();
    this.#height = lines.length;
    this.#drawnAt = this.#now();
    if (erased + above + below !== '') this.#output.write(erased + above + below);
  }

  /** To the region's first line, and clear from there to the end of the screen. */
  #erase(): string {
    return this.#height === 0 ? '' : `\u001b[${this.#height}F\u001b[0J`;
  }

  #now(): number {
    return this.#output.now?.() ?? performance.now();
  }
}
