/** Settings are kept in evidence and dumps. Teams do put keys into them (`alter database … set app.jwt_secret = …`): those stay behind. */
const secretName = /secret|passw|token|credential|private|api_?key|jwt|_key$|\.key$/i;

/** Takes out the values of settings (`name=value`) whose names say that they are secrets; a name without a dot is Postgres' own and holds none. */
export function hideSecretSettings(settings: readonly string[]): { readonly settings: readonly string[]; readonly hidden: readonly string[] } {
  const hidden: string[] = [];
  const shown = settings.map((setting) => {
    const name = setting.slice(0, setting.indexOf('='));
    if (!name.includes('.') || !secretName.test(name)) return setting;
    hidden.push(name);
    return `${name}=***`;
  });
  return { settings: shown, hidden };
}
