/** A runbook as data: Markdown and HTML are two ways of writing the same. */
export interface RunbookDocument {
  readonly title: string;
  /** What it was made from; also what `--check` compares. */
  readonly made: RunbookOrigin;
  /** Sentences that a person reads first. */
  readonly lead: readonly string[];
  readonly sections: readonly RunbookSection[];
}

/** What a runbook was made from. */
export interface RunbookOrigin {
  readonly configSha256: string;
  /** Of all migrations of the repo and the runbook's rollback scripts, in order. */
  readonly migrationsSha256: string;
  readonly evidence?: {
    readonly runId: string;
    /** SHA-256 of its manifest; absent where the run isn't sealed. */
    readonly rootSha256?: string;
    readonly verdict: string;
  };
  /** Of the file itself, without its mark; in files only. */
  readonly textSha256?: string;
}

export interface RunbookSection {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly checklist?: boolean }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'code'; readonly language: 'sh' | 'sql'; readonly text: string }
  | RunbookStep;

/** One step, and who may take it. */
export interface RunbookStep {
  readonly kind: 'step';
  readonly title: string;
  /** agent: an agent may do it too, since it changes nothing in production. human: a person only. */
  readonly by: 'agent' | 'human';
  readonly detail?: string;
  readonly language?: 'sh' | 'sql';
  readonly command?: string;
  /** What it prints or shows, one line each. */
  readonly expect?: readonly string[];
  /** How long it took when it was rehearsed. */
  readonly took?: string;
}

/** @example byWords.agent // 'an agent may do it' */
export const byWords = { agent: 'agent may do', human: 'human only' } as const;
