import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../lab/workspace/changes.ts';
import { createCourier, type Receipt } from '../../../lab/workspace/delivery.ts';
import { createTrouble } from '../../../lab/workspace/switches.ts';
import { createTraffic } from '../../../lab/workspace/traffic.ts';

const done: Receipt = { acknowledged: true, response: undefined, afterMs: 1 };
const late: Receipt = { acknowledged: false, error: 'operation_timeout', afterMs: 3_000 };
const refused: Receipt = { acknowledged: false, error: 'dispatch_failed', afterMs: 1 };

function courierOver(...receipts: Receipt[]) {
  const trouble = createTrouble(() => 0);
  const transport = { deliver: async () => ({ ...receipts.shift()!, via: 'test' }) };
  const traffic = createTraffic(
    () => 0,
    createChanges(() => ''),
  );
  return { trouble, traffic, courier: createCourier({ transport, trouble, traffic, eventRetryDelaysMs: [0, 0, 0] }) };
}

describe('lab/workspace/delivery', () => {
  it('repeats an event until it is acknowledged, and no longer', async () => {
    const { courier } = courierOver(late, refused, done, done);

    const receipt = await courier.deliver('events_api', {});

    expect(receipt).toEqual(done);
    expect(courier.deliveries.map(({ retry }) => retry)).toEqual([
      undefined,
      { attempt: 1, reason: 'timeout' },
      { attempt: 2, reason: 'http_error' },
    ]);
  });

  it('gives an event up after three retries', async () => {
    const { courier } = courierOver(late, late, late, late, done);

    expect(await courier.deliver('events_api', {})).toEqual(late);
    expect(courier.deliveries).toHaveLength(4);
  });

  it.each(['slash_commands', 'interactive'] as const)('never repeats %s', async (kind) => {
    const { courier } = courierOver(late, done);

    expect(await courier.deliver(kind, {})).toEqual(late);
    expect(courier.deliveries).toHaveLength(1);
  });

  it('sends one copy more when ordered to, with the same envelope', async () => {
    const { courier, trouble } = courierOver(done, late, done);
    trouble.deliverTwice();

    await courier.deliver('interactive', {});
    await courier.deliver('interactive', {});

    const [first, copy, next] = courier.deliveries;
    expect(courier.deliveries).toHaveLength(3);
    expect(copy?.envelopeId).toBe(first?.envelopeId);
    expect(next?.envelopeId).not.toBe(first?.envelopeId);
  });
});
