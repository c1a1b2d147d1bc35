/**
 * The name of a region as the API takes it.
 *
 * @example azureRegion('West Europe') // 'westeurope'
 */
export function azureRegion(location: string): string {
  return location.toLowerCase().replaceAll(' ', '');
}
