import type { ReadOutcome } from '../../../src/ports.ts';
import type { Deed } from '../../adapters/access-review.ts';
import type { Finding } from './finding.ts';
import { type ClusterRole, type Need, needsOf, type Served } from './needs.ts';

const area = 'rights';
const names: Readonly<Record<ClusterRole, string>> = { probe: 'prober', remediate: 'writer', reap: 'reaper' };

export interface RightsDeps {
  mayI(deed: Deed): Promise<ReadOutcome<boolean>>;
  readonly served: Served;
  /** Ask in these alone what a RoleBinding can grant; empty is everywhere. */
  readonly namespaces: readonly string[];
}

export interface Rights {
  readonly role: ClusterRole;
  readonly findings: readonly Finding[];
}

/** Reviews every right of the role; of the one that this credential comes nearest to where none was named. */
export async function lookAtRights(role: ClusterRole | null, deps: RightsDeps): Promise<Rights> {
  const roles: readonly ClusterRole[] = role === null ? ['probe', 'remediate', 'reap'] : [role];
  const reviewed = await Promise.all(roles.map((each) => review(each, deps)));
  const [nearest] = reviewed.toSorted((a, b) => nearness(b) - nearness(a));
  if (!nearest) throw new Error('there is always one role'); // the list above is never empty
  const guess: Finding[] =
    role === null
      ? [
          {
            area,
            state: 'note',
            says: `This credential comes nearest to the ${names[nearest.role]}'s; --role names another.`,
          },
        ]
      : [];
  return { role: nearest.role, findings: [...guess, ...findingsOf(nearest)] };
}

interface Reviewed {
  readonly role: ClusterRole;
  readonly allowed: readonly Need[];
  readonly refused: readonly { readonly need: Need; readonly namespace: string | undefined }[];
  /** In the API server's words. */
  readonly unknown: readonly string[];
}

async function review(role: ClusterRole, { mayI, served, namespaces }: RightsDeps): Promise<Reviewed> {
  const answers = await Promise.all(
    needsOf(role, served)
      .flatMap((need) => placesOf(need, namespaces).map((namespace) => ({ need, namespace })))
      .map(async ({ need, namespace }) => {
        const { verb, group, resource, name } = need;
        const place = namespace === undefined ? {} : { namespace };
        const answer = await mayI({ verb, group, resource, ...place, ...(name === undefined ? {} : { name }) });
        return { need, namespace, answer };
      }),
  );
  return {
    role,
    allowed: answers.flatMap(({ need, answer }) => (answer.ok && answer.value ? [need] : [])),
    refused: answers.filter(({ answer }) => answer.ok && !answer.value),
    unknown: [...new Set(answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.message])))],
  };
}

function placesOf({ isNamespaced }: Need, namespaces: readonly string[]): readonly (string | undefined)[] {
  return isNamespaced && namespaces.length > 0 ? namespaces : [undefined];
}

const nearness = ({ allowed, refused }: Reviewed): number => allowed.length - refused.length;

function findingsOf({ role, allowed, refused, unknown }: Reviewed): Finding[] {
  const who = `The ${names[role]}`;
  const unseen = unknown.map((message): Finding => {
    return { area, state: 'unknown', says: `The API server did not say what the ${names[role]} may do: ${message}` };
  });
  // One line for each rule that is missing, with all its verbs.
  const rules = Map.groupBy(
    refused,
    ({ need, namespace = '' }) => `${need.group}/${need.resource} ${need.name ?? ''} ${namespace}`,
  );
  const missing = [...rules.values()].flatMap((entries): Finding[] => {
    const [first] = entries;
    if (!first) return [];
    const { group, resource, name } = first.need;
    const whys = [...new Set(entries.map(({ need }) => need.why))];
    const verbs = [...new Set(entries.map(({ need }) => need.verb))];
    const place = first.namespace === undefined ? '' : ` in namespace ${first.namespace}`;
    const what = group === '' ? resource : `${resource} of ${group}`;
    const only = name === undefined ? '' : ` resourceNames: [${name}],`;
    return [
      {
        ...{
          area,
          state: 'wrong',
          says: `${who} may not ${verbs.join(', ')} ${what}${place}. With it, it ${whys.join(', and ')}.`,
        },
        fix: `- { apiGroups: ["${group}"], resources: [${resource}],${only} verbs: [${verbs.join(', ')}] }`,
      },
    ];
  });
  if (missing.length > 0 || unseen.length > 0) return [...missing, ...unseen];
  return [{ area, state: 'ok', says: `${who} may do all that it has to (${allowed.length} rights).` }];
}
