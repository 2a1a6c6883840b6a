import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerRef } from '../contract.ts';
import { failure, plain, type Refusal } from './status.ts';

export type RequestTrouble = 'too-many-requests' | 'server-error' | 'unavailable' | 'drop';

/** How an exec goes wrong. The first three before the upgrade, the others after it. */
export type ExecTrouble =
  | 'no-answer'
  | 'kubelet-down'
  | 'runtime-down'
  | 'hang'
  | 'drop'
  | 'flood'
  | 'garbage'
  | 'early-success';

/** A request on its way: before it has any effect, and again when it has it and its answer has not left. */
export interface Witnessed {
  readonly moment: 'before' | 'after';
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** As kubeconfig() was asked for it; empty where nobody is known by that token. */
  readonly user: string;
  /** What is answered; 0 before. */
  readonly code: number;
}

/** Thrown where the connection must end without an answer. */
export class DroppedConnection extends Error {}

/** What tests switch on and off while the server runs. */
export interface Trouble {
  /** Every request waits this long first. */
  latencyMs: number;
  /** How every exec goes wrong, or the one in the containers that `execIn` accepts. */
  exec: ExecTrouble | undefined;
  execIn: (container: ContainerRef) => boolean;
  /** The next so many requests (whose `METHOD /path` matches) are answered so. */
  failNext(count: number, how: RequestTrouble, matching?: RegExp): void;
  /** New connections are refused; the open ones live on. */
  refuseConnections(isRefusing: boolean): Promise<void>;
  /** Every open connection is cut, streams too. */
  cutConnections(): void;
  /** Forgets old revisions: watches and pages that lag are told 410. */
  compact(): void;
  /** Changes are stored and not enforced, until this is false again. */
  holdEnforcement: boolean;
  /** Sees every request but watches and execs while it waits; `drop` cuts the connection there. */
  witness: ((request: Witnessed) => Promise<'drop' | undefined>) | undefined;
}

const answers: Readonly<Record<Exclude<RequestTrouble, 'drop'>, () => Refusal>> = {
  'too-many-requests': () =>
    plain(429, 'Too many requests, please try again later.\n', {
      'retry-after': '1',
      'x-kubernetes-pf-flowschema-uid': '2f6b1c7e-8a44-4a0c-9a55-8f0f2f1f7a10',
      'x-kubernetes-pf-prioritylevel-uid': 'd1a44c35-6a0e-4a5f-8d5e-0f0c4a4f7b21',
    }),
  'server-error': () => failure(500, 'rpc error: code = Unavailable desc = etcdserver: leader changed'),
  unavailable: () =>
    failure(503, 'apiserver is shutting down', { reason: 'ServiceUnavailable', headers: { 'retry-after': '1' } }),
};

/** The switches that are thrown somewhere else. */
export type TroubleElsewhere = Pick<Trouble, 'refuseConnections' | 'cutConnections' | 'compact' | 'holdEnforcement'>;

export interface Troublemaker {
  readonly switches: Trouble;
  /** Before anything else is done with a request; exec is exempt from priority and fairness. */
  before(method: string, pathname: string): Promise<void>;
  execTroubleOf(container: ContainerRef): ExecTrouble | undefined;
}

export function makeTrouble(elsewhere: TroubleElsewhere): Troublemaker {
  const planned: { left: number; readonly how: RequestTrouble; readonly matching: RegExp | undefined }[] = [];
  const switches: Trouble = {
    latencyMs: 0,
    exec: undefined,
    execIn: () => true,
    witness: undefined,
    failNext(count, how, matching) {
      planned.push({ left: count, how, matching });
    },
    refuseConnections: (isRefusing) => elsewhere.refuseConnections(isRefusing),
    cutConnections: () => elsewhere.cutConnections(),
    compact: () => elsewhere.compact(),
    get holdEnforcement() {
      return elsewhere.holdEnforcement;
    },
    set holdEnforcement(isHeld) {
      elsewhere.holdEnforcement = isHeld;
    },
  };

  return {
    switches,
    async before(method, pathname) {
      if (switches.latencyMs > 0) await wait(switches.latencyMs, undefined, { ref: false });
      const isExec = /\/pods\/[^/]+\/exec$/.test(pathname);
      const next = planned.find(
        ({ left, how, matching }) =>
          left > 0 && !(isExec && how === 'too-many-requests') && (matching?.test(`${method} ${pathname}`) ?? true),
      );
      if (!next) return;
      next.left -= 1;
      if (next.how === 'drop') throw new DroppedConnection();
      throw answers[next.how]();
    },
    execTroubleOf: (container) => (switches.execIn(container) ? switches.exec : undefined),
  };
}
