import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/slack/commands/parse.ts';

const id = 'rabcdefghijklmnopqrs';

describe('slack/commands/parse', () => {
  it.each`
    text                  | command
    ${''}                 | ${{ kind: 'help' }}
    ${'   '}              | ${{ kind: 'help' }}
    ${'help'}             | ${{ kind: 'help' }}
    ${'active'}           | ${{ kind: 'active' }}
    ${' active '}         | ${{ kind: 'active' }}
    ${`revoke ${id}`}     | ${{ kind: 'revoke', id }}
    ${`revoke \t  ${id}`} | ${{ kind: 'revoke', id }}
  `('reads "$text"', ({ text, command }) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it('reads a check as the terminal does', () => {
    expect(parseCommand('prod:shop/deploy/checkout to example.com:8443')).toEqual({
      kind: 'check',
      request: {
        ...{ ok: true, cluster: 'prod', destination: { host: 'example.com', port: 8443 } },
        target: { kind: 'workload', namespace: 'shop', workload: 'deploy', name: 'checkout' },
      },
    });
  });

  it.each`
    text                                  | quoted
    ${'checkout'}                         | ${'"checkout"'}
    ${'shop/'}                            | ${'""'}
    ${'/checkout'}                        | ${'""'}
    ${'Shop/checkout'}                    | ${'"Shop"'}
    ${'shop/Checkout'}                    | ${'"Checkout"'}
    ${'shop/-checkout'}                   | ${'"-checkout"'}
    ${'shop/../../kube-system'}           | ${'"shop/../../kube-system"'}
    ${'shop/api?command=sh&amp;x='}       | ${'"api?command=sh&x="'}
    ${'shop/checkout;reboot'}             | ${'"checkout;reboot"'}
    ${'shop/$(id)'}                       | ${'"$(id)"'}
    ${'shop/rs/checkout'}                 | ${'"rs"'}
    ${'shop/constructor/checkout'}        | ${'"constructor"'}
    ${'shop/deploy/'}                     | ${'""'}
    ${'Prod:shop/checkout'}               | ${'"Prod"'}
    ${':shop/checkout'}                   | ${'""'}
    ${'node/Node_A'}                      | ${'"Node_A"'}
    ${'shop/checkout from here'}          | ${'"from"'}
    ${'shop/checkout to'}                 | ${'"to"'}
    ${'shop/checkout to ::1 now'}         | ${'"now"'}
    ${'shop/checkout to 192.0.2.1'}       | ${'"192.0.2.1"'}
    ${'shop/checkout to [2001:db8::1'}    | ${'"[2001:db8::1"'}
    ${'shop/checkout to [2001:db8::1]:0'} | ${'"0"'}
    ${'shop/checkout to fe80::1%eth0'}    | ${'"fe80::1%eth0"'}
    ${'shop/checkout to example.com:x'}   | ${'"x"'}
    ${'shop/checkout to example.com:'}    | ${'""'}
    ${'shop/checkout to a_b.example'}     | ${'"a_b.example"'}
    ${'shop/checkout to ::1:99999'}       | ${'"::1:99999"'}
    ${'&lt;@U0SOMEBODY&gt;/checkout'}     | ${'"<@U0SOMEBODY>"'}
    ${'help me'}                          | ${'"me"'}
    ${'active now'}                       | ${'"now"'}
  `('refuses "$text", quotes what was wrong and shows an example', ({ text, quoted }) => {
    const command = parseCommand(text);
    if (command.kind !== 'wrong') throw new Error(JSON.stringify(command));

    expect(command.problem).toContain(quoted);
    expect(command.problem).toContain('Write it like this: ');
  });

  it.each(['revoke', 'revoke all', `revoke ${id} ${id}`, `revoke ${id.toUpperCase()}`, `revoke ${id}x`])(
    'refuses "%s" and says where the ids are',
    (text) => {
      expect(parseCommand(text)).toEqual({ kind: 'wrong', problem: expect.stringContaining('/ipv6check active') });
    },
  );

  it('answers whatever is typed, and lets no name through that a path could be made of', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((tail) => `shop/${tail}`),
        ),
        (text) => {
          const command = parseCommand(text);

          if (command.kind === 'wrong') expect(command.problem.length).toBeLessThan(400);
          if (command.kind !== 'check') return;
          const { target } = command.request;
          const { name } = target;
          if (target.kind !== 'node') expect(target.namespace).toMatch(/^[a-z0-9-]{1,63}$/);
          expect(name).toMatch(/^[a-z0-9.-]{1,253}$/);
          expect(name).not.toContain('..');
        },
      ),
    );
  });
});
