import { failure, Refusal, type Reply } from './status.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  /** `pods`, `pods/exec`, or `*`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Absent: a ClusterRoleBinding. Present: a RoleBinding in each, so cluster-wide lists are refused. */
  readonly namespaces?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, as in `pods/exec`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const has = (list: readonly string[], wanted: string) => list.includes('*') || list.includes(wanted);

export function ruleAllowing(rules: readonly Rule[], asked: Attributes): Rule | undefined {
  return rules.find(
    (rule) =>
      has(rule.apiGroups, asked.group) &&
      has(rule.resources, asked.resource) &&
      has(rule.verbs, asked.verb) &&
      (rule.namespaces === undefined || (asked.namespace !== undefined && rule.namespaces.includes(asked.namespace))) &&
      (rule.resourceNames === undefined || (asked.name !== undefined && rule.resourceNames.includes(asked.name))),
  );
}

const subject = ({ group, resource, name }: Attributes) => {
  const [plural = ''] = resource.split('/');
  const qualified = group === '' ? plural : `${plural}.${group}`;
  return name === undefined ? qualified : `${qualified} "${name}"`;
};

function forbiddenReply(asked: Attributes, reason: string): Reply {
  const [kind = ''] = asked.resource.split('/');
  const refusal = failure(403, `${subject(asked)} is forbidden: ${reason}`, {
    reason: 'Forbidden',
    details: {
      ...(asked.name === undefined ? {} : { name: asked.name }),
      ...(asked.group === '' ? {} : { group: asked.group }),
      kind,
    },
  });
  return refusal.reply;
}

export function forbidden(user: string, asked: Attributes): Refusal {
  const scope = asked.namespace === undefined ? 'at the cluster scope' : `in the namespace "${asked.namespace}"`;
  const what = `cannot ${asked.verb} resource "${asked.resource}" in API group "${asked.group}" ${scope}`;
  return new Refusal(forbiddenReply(asked, `User "${user}" ${what}`));
}

/** The gate for WebSocket upgrades asks for `create` as well, and its message ends before it says so. */
export function forbiddenWithoutReason(asked: Attributes): Refusal {
  return new Refusal(forbiddenReply(asked, ''));
}
