import { describe, expect, it } from 'vitest';
import { addressPreferences } from '../../../workers/probes/address-preferences.ts';
import { observe } from '../../../workers/probes/section.ts';
import { missing, parsed } from './seeing.ts';

describe('workers/probes/address-preferences', () => {
  // Debian's gai.conf has these lines as comments.
  it('reads what is said of precedence, and no comment', () => {
    const text =
      '#precedence  ::/0          40\nprecedence ::ffff:0:0/96  100 # IPv4 first\n\tprecedence ::/0 40\nlabel ::/0 1\n';

    expect(parsed(addressPreferences, text)).toEqual({
      precedences: [
        { prefix: '::ffff:0:0/96', precedence: 100 },
        { prefix: 'default', precedence: 40 },
      ],
    });
  });

  it('takes a file that is not there for one that says nothing', () => {
    const gone = { text: "cat: can't open '/etc/gai.conf': No such file or directory", code: 1, ms: 1 };

    expect(observe(addressPreferences, new Map([['gai', gone]]), 'test', missing)).toMatchObject({
      value: { precedences: [] },
    });
  });
});
