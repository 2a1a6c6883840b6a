import type { Shape } from '../contract.ts';

/** What a lab is when nothing else is asked for: the cluster that most readers of the article have. */
export const usualShape: Shape = { backend: 'nft', family: 'dual', addressing: 'ula', routing: 'vxlan' };

export const backends = ['legacy', 'nft', 'nftables'] as const satisfies readonly Shape['backend'][];

export const isBackend = (word: string): word is Shape['backend'] => backends.some((each) => each === word);
