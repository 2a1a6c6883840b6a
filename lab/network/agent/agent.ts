import type { KubeObject, Shape } from '../../contract.ts';
import { inside } from '../topology.ts';
import { emptyIptables, iptablesChanges } from './iptables.ts';
import { type Family, knownFrom } from './known.ts';
import { emptyNftables, nftablesChanges } from './nftables.ts';
import { program, type Quirks, type Site } from './program.ts';

export interface Home {
  readonly netns: string;
  readonly node: string;
  readonly quirks: Quirks;
  readonly interfaces: ReadonlyMap<string, string>;
}

/** One family of one node: remembers what it has programmed, as Felix does. */
function programmer({ netns, ...home }: Home, backend: Shape['backend'], family: Family) {
  const site: Site = { ...home, backend };
  let iptables = emptyIptables;
  let nftables = emptyNftables;
  return {
    /** Shell lines, none when nothing changes; `keep` is called once they have run. */
    changes(objects: readonly KubeObject[]): { readonly line: string | null; keep(): void } {
      const ruleset = program(site, knownFrom(objects), family);
      if (backend === 'nftables') {
        const { script, state } = nftablesChanges(nftables, ruleset, family);
        return {
          line: script.length === 0 ? null : inside(netns, script),
          keep() {
            nftables = state;
          },
        };
      }
      const { script, state } = iptablesChanges(iptables, ruleset, family, backend);
      return {
        line: script.length === 0 ? null : inside(netns, script),
        keep() {
          iptables = state;
        },
      };
    },
  };
}

/** What Felix is to a cluster: turns objects into what packets obey, on every node. */
export function startAgent(
  homes: readonly Home[],
  { backend, family }: Shape,
  run: (script: string) => Promise<unknown>,
) {
  const families = family === 'dual' ? ([6, 4] as const) : ([6] as const);
  const programmers = homes.flatMap((home) => families.map((each) => programmer(home, backend, each)));
  return async (objects: readonly KubeObject[]): Promise<void> => {
    const changes = programmers.map((each) => each.changes(objects));
    const lines = changes.flatMap(({ line }) => line ?? []);
    // Nodes do not wait for each other.
    if (lines.length > 0) {
      const jobs = lines.map((line) => `${line.replace("<<'INSIDE'", "<<'INSIDE' &")}\nP="$P $!"`);
      await run(['P=; E=0', ...jobs, 'for p in $P; do wait $p || E=$?; done; exit $E'].join('\n'));
    }
    for (const { keep } of changes) keep();
  };
}
