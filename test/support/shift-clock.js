// Loaded into a program (node --import): its clock is PGR_CLOCK_SHIFT_MS ahead of the machine's, or behind it.
const shiftMs = Number(process.env.PGR_CLOCK_SHIFT_MS ?? 0);
const True = Date;

globalThis.Date = /** @type {DateConstructor} */ (
  /** @type {unknown} */ (
    class extends True {
      constructor(/** @type {any[]} */ ...given) {
        if (given.length === 0) super(True.now() + shiftMs);
        else super(.../** @type {[number]} */ (/** @type {unknown} */ (given)));
      }
      static now() {
        return True.now() + shiftMs;
      }
    }
  )
);
