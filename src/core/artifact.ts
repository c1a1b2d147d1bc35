/** A file of the run folder, with what proves that it wasn't altered. */
export interface Artifact {
  /** Relative to the run folder, with forward slashes. */
  readonly path: string;
  readonly title: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}
