import { describe, expect, it } from 'vitest';
import { parseDemoArguments } from '../../lab/arguments.ts';

const once = ['--once', '/ipv6check shop/checkout'];

describe('lab/arguments', () => {
  it.each`
    words                                              | fault
    ${[]}                                              | ${'k8s-np-ipv4-only-ipblock'}
    ${['--fault', 'none']}                             | ${undefined}
    ${['--fault', 'pod-no-default-v6-route']}          | ${'pod-no-default-v6-route'}
    ${once}                                            | ${undefined}
    ${[...once, '--fault', 'pod-no-default-v6-route']} | ${'pod-no-default-v6-route'}
    ${[...once, '--fault', 'none']}                    | ${undefined}
  `('breaks $fault with $words', ({ words, fault }) => {
    expect(parseDemoArguments(words).fault).toBe(fault);
  });
});
