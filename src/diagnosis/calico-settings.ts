import type { Evidence } from '../evidence/evidence.ts';

type Calico = Evidence['calico'];
type CalicoNode = Evidence['calicoNode'];

export interface Setting {
  /** Null where its value comes from somewhere that nobody read. */
  readonly isOn: boolean | null;
  /** Where it says so, as a person would look it up. */
  readonly where: string;
}

/** A variable of calico-node beats the FelixConfiguration; Felix's own default is what holds without either. */
export function felixSetting(
  { felix }: Calico,
  calicoNode: CalicoNode | null,
  { field, variable, byDefault }: { readonly field: string; readonly variable: string; readonly byDefault: boolean },
): Setting {
  const told = calicoNode?.environment[variable];
  if (told === null) return { isOn: null, where: `${variable} of calico-node, which comes from another object` };
  // Felix reads what Go's ParseBool does, and `yes`.
  if (told !== undefined)
    return { isOn: /^(1|t|true|y|yes|on)$/i.test(told), where: `${variable}=${told} of calico-node` };
  const stored = felix[field];
  if (typeof stored === 'boolean') return { isOn: stored, where: `FelixConfiguration default ${field}: ${stored}` };
  // Without a look at the environment the default may be overruled.
  if (calicoNode === null) return { isOn: null, where: `${variable} of calico-node, which nobody read` };
  return { isOn: byDefault, where: `Felix's default for ${field}` };
}
