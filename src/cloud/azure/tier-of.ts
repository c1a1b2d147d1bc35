const tiers: Readonly<Record<string, string>> = { B: 'Burstable', D: 'GeneralPurpose', E: 'MemoryOptimized' };

/**
 * The tier of a size, which the API wants beside it: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute.
 *
 * @example tierOf('Standard_D2ds_v5') // 'GeneralPurpose'
 */
export function tierOf(sku: string): string {
  return (
    tiers[
      sku
        .replace(/^Standard_/i, '')
        .charAt(0)
        .toUpperCase()
    ] ?? 'GeneralPurpose'
  );
}
