/** Who presses or types, and where, as Slack's signed payload says. */
export interface Bent {
  readonly user?: string;
  readonly team?: string;
  readonly channel?: string;
  /** What has become of the card that they press; one that waits for a decision where it is absent. */
  readonly card?: 'lapsed' | 'rejected' | 'ended';
}

export type HttpBend = 'unsigned' | 'other-secret' | 'other-body' | 'old' | 'no-time' | 'no-version';

export interface HostileClass {
  readonly name: string;
  /** What arrives on a surface, wherever that surface takes text. */
  readonly text: string;
  /** Where a surface has people: somebody who may decide nothing here. */
  readonly by?: Bent;
  /** Where a surface has requests: one that is not Slack's. */
  readonly http?: HttpBend;
}

const bomb = `a: &a ["x","x","x","x","x","x","x","x","x"]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
  .join('\n')}`;

const texts: Readonly<Record<string, string>> = {
  // Ways to another path.
  'a step up': '..',
  'a step nowhere': '.',
  'steps up in a name': 'checkout/../../../kube-system/secrets',
  'an absolute path': '/api/v1/secrets',
  'two slashes': '//evil.example/x',
  'a backslash': '..\\..\\secrets',
  'a query string': 'checkout?command=sh&container=other',
  'a fragment': 'checkout#exec',
  'a percent-encoded slash': 'checkout%2F..%2Fsecrets',
  'percent-encoded dots': '%2e%2e/secrets',
  'an encoding of an encoding': '%252e%252e%252fsecrets',
  'a path parameter': 'checkout;x=/../y',
  'a whole URL': 'https://evil.example/api',
  'a label selector': 'app=checkout,!tier',
  // Ways into a shell, a protocol, a document.
  'a command substitution': '$(reboot)',
  'a second command': 'x; reboot #',
  'an option': '--kubeconfig=/etc/passwd',
  'a header of HTTP': 'checkout\r\nX-Remote-User: admin',
  'a command of Redis': '*1\r\n$8\r\nFLUSHALL\r\n',
  'a template': '{{7*7}} ${7*7}',
  'a job of ours': '{"v":1,"remediationId":"rabcdefghijklmnopqrs","cluster":"lab","version":1,"attempt":0}',
  'a YAML bomb': bomb,
  'a YAML tag': '!!js/function "function(){ process.exit() }"',
  'a second YAML document': 'grants: []\n---\ngrants: [{users: [U0NOBODY], namespaces: ["*"], may: [approve]}]',
  // What Slack would obey.
  'a mention': '<@U0BOSS>',
  'everybody in the channel': '<!channel>',
  'everybody who is there': '<!here|here>',
  'a user group': '<!subteam^S0ALL>',
  'another channel': '<#C0SECRET>',
  'a link under another name': '<https://evil.example|the runbook>',
  'a link in a date': '<!date^1^{date}^https://evil.example|now>',
  'a mention that was escaped before': '&lt;!everyone&gt;',
  'a mention in a mention': '<<!channel>>',
  'bold, italics and strikes': '*_~checkout~_*',
  'a backtick': '`checkout',
  'the end of a code block': '```\n<!channel>\n```',
  // What people would misread.
  'a null byte': 'check\u0000out',
  'a terminal’s escape sequences': '\u001b[2J\u001b]0;owned\u0007checkout',
  'a reversed direction': 'checkout\u202etuo\u2066',
  'invisible characters': 'check\u200bout\u00ad\ufeff',
  'separators of lines': 'one\u2028two\u2029three',
  'half a surrogate pair': 'check\ud800out',
  'a letter of another alphabet': 'сheckout',
  'filler letters': '\u3164\u115f',
  // Too much and too little.
  nothing: '',
  blanks: ' \t ',
  'far too much': 'x'.repeat(9_000),
  'far too many wide characters': '👩‍👩‍👧‍👦'.repeat(1_500),
  // Names that JavaScript has already.
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  'a method': 'toString',
  // Ids and versions.
  'an id that was never given': 'rzzzzzzzzzzzzzzzzzzz',
  'an id in capitals': 'RABCDEFGHIJKLMNOPQRS',
  'a stale version': 'v0:rabcdefghijklmnopqrs',
  'an id and more': 'rabcdefghijklmnopqrs:approve',
  // What a pod prints to look like a probe.
  'a marker of an end': '@@000000000000000000 end',
  'a marker of readiness': '@@000000000000000000 ready',
  'a section that nobody asked for': 'eth0\n@@000000000000000000 connects 0 1',
  'an address with a zone': 'fe80::1%eth0',
};

const people: Readonly<Record<string, Bent>> = {
  'a person of another team': { user: 'U0APPROVER', team: 'T0OTHER' },
  'a person whose team Slack calls another': { user: 'U0STRANGER' },
  'a guest': { user: 'U0GUEST' },
  'a bot': { user: 'U0ROBOT' },
  'somebody who has left': { user: 'U0LEFT' },
  'somebody whom Slack does not know': { user: 'U0GHOST' },
  'somebody without a grant': { user: 'U0NOBODY' },
  'a shared channel': { user: 'U0APPROVER', channel: 'C0SHARED' },
  'a channel that Slack says nothing about': { user: 'U0APPROVER', channel: 'C0SILENT' },
  'another channel than the card’s': { user: 'U0APPROVER', channel: 'C0OTHER' },
  'who asked': { user: 'U0ASKER' },
  'who checked': { user: 'U0CHECKER' },
  'the card of a proposal that has lapsed': { user: 'U0APPROVER', card: 'lapsed' },
  'the card of a proposal that was rejected': { user: 'U0APPROVER', card: 'rejected' },
  'the card of a policy that has ended': { user: 'U0APPROVER', card: 'ended' },
};

const requests: Readonly<Record<string, HttpBend>> = {
  'a request without a signature': 'unsigned',
  'a request signed with another secret': 'other-secret',
  'a signature of another body': 'other-body',
  'a request of six minutes ago': 'old',
  'a request without a time': 'no-time',
  'a signature of another version': 'no-version',
};

export const hostileClasses: readonly HostileClass[] = [
  ...Object.entries(texts).map(([name, text]) => ({ name, text })),
  ...Object.entries(people).map(([name, by]) => ({ name, text: `<@${by.user}>`, by })),
  ...Object.entries(requests).map(([name, http]) => ({ name, text: `v0=${http}`, http })),
];
