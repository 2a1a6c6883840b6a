/** Every error a person can meet, by code: whether trying again may help, and what that person is told. */
export const catalogue = {
  TARGET_NOT_FOUND: { retry: false, say: 'No pod or workload has that name. Check the namespace and the name.' },
  TARGET_AMBIGUOUS: { retry: false, say: 'Several pods have that prefix. Name one of them.' },
  DESTINATION_UNRESOLVED: {
    retry: false,
    say: 'That destination has no IPv6 address to connect to. Name an address, or a name that has one.',
  },
  CLUSTER_UNAVAILABLE: {
    retry: true,
    say: 'The Kubernetes API does not answer. Check the cluster and its kubeconfig.',
  },
  READ_REFUSED: { retry: false, say: 'The cluster refused a read. Check the role of the prober.' },
  REDIS_UNAVAILABLE: {
    retry: true,
    say: 'The queue (Redis) does not answer. Nothing was started; run the check again when Redis is back.',
  },
  STALE_DECISION: { retry: false, say: 'Someone else has already decided this.' },
  DECISION_INVALID: { retry: false, say: 'The approval could not be verified, so nothing was applied.' },
  POLICY_REFUSED: { retry: false, say: 'The cluster refused the temporary policy.' },
  REPORT_NOT_FOUND: { retry: false, say: 'No report has that id. Reports are kept for a day.' },
  CONFIG_INVALID: { retry: false, say: 'The configuration is incomplete.' },
} as const satisfies Record<string, { retry: boolean; say: string }>;

export type ErrorCode = keyof typeof catalogue;

/** The one error class. `message` adds what is particular to this case; it never carries a secret. */
export class BotError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail ?? catalogue[code].say, options);
    this.name = 'BotError';
    this.code = code;
  }

  get retry(): boolean {
    return catalogue[this.code].retry;
  }

  /** What the person who asked reads: the catalogue's sentence, then what is particular. */
  get say(): string {
    const { say } = catalogue[this.code];
    return this.message === say ? say : `${say} (${this.message})`;
  }
}
