/** A thing in the database that a finding is about, as a person names it. */
export interface ObjectName {
  /** table, column, index, policy, function, trigger, … */
  readonly kind: string;
  /** Qualified as needed: `public.invoice`, `public.invoice.total`, `tenant_isolation on public.invoice`. */
  readonly name: string;
}
