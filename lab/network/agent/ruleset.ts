/** One condition of a rule, whatever packet filter it is written for. */
export type Match =
  | { readonly in: string }
  | { readonly out: string }
  | { readonly net: string; readonly end: End; readonly not?: boolean }
  | { readonly set: string; readonly end: End; readonly not?: boolean }
  | { readonly protocol: string; readonly not?: boolean }
  | { readonly ports: readonly string[]; readonly protocolOfPorts: string; readonly end: End; readonly not?: boolean }
  | { readonly icmpType: number; readonly code?: number }
  | { readonly states: 'RELATED,ESTABLISHED' | 'INVALID' }
  | { readonly mark: number; readonly mask: number }
  | { readonly isSpoofed: true }
  | { readonly never: true };

export type End = 'src' | 'dst';

export type Action =
  | { readonly do: 'accept' | 'drop' | 'reject' | 'return' | 'masquerade' | 'nothing' }
  | { readonly do: 'log'; readonly prefix: string }
  | { readonly do: 'jump' | 'goto'; readonly chain: string }
  /** The interface's name decides the chain. */
  | { readonly do: 'dispatch'; readonly map: string; readonly by: 'in' | 'out' }
  /** mark = (mark & ~mask) | value */
  | { readonly do: 'mark'; readonly value: number; readonly mask: number }
  | { readonly do: 'snat'; readonly address: string }
  | { readonly do: 'limit-connections'; readonly above: number }
  | { readonly do: 'limit-rate'; readonly perSecond: number; readonly burst: number };

export interface Rule {
  readonly when: readonly Match[];
  readonly target: Action;
  readonly comment?: string;
}

export type TableName = 'raw' | 'nat' | 'filter';
export type BaseChain = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** What is put into a chain that others use as well. */
export interface Hook {
  readonly table: TableName;
  readonly base: BaseChain;
  readonly first: readonly Rule[];
  readonly last: readonly Rule[];
}

/** All that the agent programs for one family of one node. */
export interface Ruleset {
  readonly chains: Readonly<Record<TableName, ReadonlyMap<string, readonly Rule[]>>>;
  readonly hooks: readonly Hook[];
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** Interface name to chain; native nftables alone has them. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Calico's bits of the packet mark: felix takes the lowest that its configuration leaves it. */
export const bits = { accept: 0x10000, pass: 0x20000, scratch0: 0x40000, scratch1: 0x80000, all: 0xf0000 } as const;

export const isMarked = (bit: number): Match => ({ mark: bit, mask: bit });
export const isClear = (bit: number): Match => ({ mark: 0, mask: bit });
export const setMark = (bit: number): Action => ({ do: 'mark', value: bit, mask: bit });
export const clearMark = (bit: number): Action => ({ do: 'mark', value: 0, mask: bit });

export const rule = (when: readonly Match[], target: Action | Action['do'], comment?: string): Rule => ({
  when,
  // Only the words without a parameter are passed as such.
  target: typeof target === 'string' ? ({ do: target } as Action) : target,
  ...(comment === undefined ? {} : { comment }),
});

export const jump = (chain: string): Action => ({ do: 'jump', chain });
export const goTo = (chain: string): Action => ({ do: 'goto', chain });
