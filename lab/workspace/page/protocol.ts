/** What the lab tells the page and the page tells the lab, as JSON. Types alone: both sides read them, neither runs them. */
export type Json = Readonly<Record<string, unknown>>;

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly isBot: boolean;
  /** What sets this person apart: an approver, a guest, from another organisation. */
  readonly note: string;
}

export interface ChannelShown {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly isArchived: boolean;
  readonly isShared: boolean;
  readonly isMember: boolean;
  readonly memberCount: number;
  /** The time of the last message that this person has seen here. */
  readonly readTs: string;
  readonly unread: number;
  readonly mentions: number;
}

export interface FileShown {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly isPicture: boolean;
}

export interface MessageShown {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly isForMeAlone: boolean;
  readonly isEdited: boolean;
  readonly files: readonly FileShown[];
  /** Replies of its thread that this person has not seen. */
  readonly unreadReplies: number;
}

export interface ViewShown {
  readonly id: string;
  readonly title: string;
  readonly submit: string | null;
  readonly close: string;
  readonly blocks: readonly Json[];
  readonly errors: Readonly<Record<string, string>>;
}

/** Everything that one person sees at one moment. */
export interface Snapshot {
  readonly me: string;
  readonly team: string;
  readonly app: { readonly name: string; readonly user: string; readonly isConnected: boolean };
  readonly lab: string;
  readonly people: readonly Person[];
  readonly commands: readonly { readonly command: string; readonly description: string; readonly usage: string }[];
  readonly groups: readonly { readonly id: string; readonly handle: string; readonly isMine: boolean }[];
  readonly channels: readonly ChannelShown[];
  readonly messages: readonly MessageShown[];
  readonly home: ViewShown | null;
  readonly modal: ViewShown | null;
}

export interface ExchangeShown {
  readonly seq: number;
  readonly at: number;
  readonly from: 'app' | 'slack';
  readonly what: string;
  readonly note: string;
  readonly outcome: string;
  readonly isFailure: boolean;
  readonly tookMs: number;
  readonly sent: unknown;
  readonly answer: unknown;
}

export interface Target {
  readonly channel: string;
  readonly ts: string;
}

/** One thing that a person does. */
export type Deed =
  | { readonly kind: 'say'; readonly channel: string; readonly text: string; readonly threadTs?: string }
  | { readonly kind: 'command'; readonly channel: string; readonly command: string; readonly text: string }
  | {
      readonly kind: 'press';
      readonly where: Target | 'modal' | 'home';
      readonly blockId: string;
      readonly actionId: string;
      readonly confirm?: boolean;
      readonly option?: string;
      readonly entries?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'suggest'; readonly where: Target | 'modal'; readonly actionId: string; readonly query: string }
  | { readonly kind: 'submit'; readonly entries: Readonly<Record<string, string>> }
  | { readonly kind: 'dismiss'; readonly all: boolean }
  | { readonly kind: 'home' }
  | { readonly kind: 'read'; readonly channel: string; readonly ts: string; readonly threadTs?: string };

/** What came of it; `problem` is a sentence for the one who did it. */
export interface Outcome {
  readonly problem?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly options?: readonly { readonly text: string; readonly value: string }[];
}

export interface Done {
  readonly as: string;
  readonly deed: Deed;
}
