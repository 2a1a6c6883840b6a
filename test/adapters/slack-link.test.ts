import { describe, expect, it } from 'vitest';
import { slackLink } from '../../src/adapters/slack-link.ts';
import { t0 } from '../helpers/builders.ts';

const later = (seconds: number) => new Date(t0.getTime() + seconds * 1_000);

describe('adapters/slack-link', () => {
  it('is not connected and has heard nothing before Slack has greeted', () => {
    expect(slackLink({ now: () => t0 }).state()).toEqual({ isConnected: false, lastEventAt: null });
  });

  it('takes a greeting for something heard, and forgets neither when the connection is lost', () => {
    let now = t0;
    const link = slackLink({ now: () => now });

    link.connected();
    expect(link.state()).toEqual({ isConnected: true, lastEventAt: t0 });
    now = later(5);
    link.heard();
    now = later(9);
    link.lost();

    expect(link.state()).toEqual({ isConnected: false, lastEventAt: later(5) });
  });
});
