import type { Rule } from '../../lab/cluster/rbac.ts';
import type { KubeObject } from '../../lab/contract.ts';

interface RoleRef {
  readonly kind: string;
  readonly name: string;
}
type Ruled = Omit<Rule, 'namespaces'>;

/** The rules of each service account by its component, as the lab's cluster takes them. */
export function rolesOf(objects: readonly KubeObject[]): Record<string, Rule[]> {
  const rolesBy: Record<string, Rule[]> = {};
  for (const { kind, metadata, roleRef, subjects } of objects) {
    if (kind !== 'ClusterRoleBinding' && kind !== 'RoleBinding') continue;
    const { kind: roleKind, name } = roleRef as RoleRef; // its schema is checked elsewhere
    const role = objects.find(
      (each) => each.kind === roleKind && each.metadata.name === name && each.metadata.namespace === metadata.namespace,
    );
    if (!role) throw new Error(`${kind} ${metadata.name} binds ${roleKind} ${name}, which is not there`);
    const rules = role.rules as readonly Ruled[];
    for (const subject of subjects as readonly { name: string }[]) {
      const component = subject.name.split('-').at(-1) ?? '';
      const own = rolesBy[component] ?? [];
      rolesBy[component] = own;
      own.push(...rules.map((rule) => (metadata.namespace ? { ...rule, namespaces: [metadata.namespace] } : rule)));
    }
  }
  return rolesBy;
}
