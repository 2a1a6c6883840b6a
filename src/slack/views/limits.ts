/** Slack's numbers, from its own client (`packages/types/src/block-kit`) and, for the total, from bolt-js #2509 and #2867. */
export const limits = {
  blocks: 50,
  sectionText: 3_000,
  header: 150,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2_000,
  actionId: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** Not documented as a figure; messages with more have been refused. */
  messageText: 12_000,
  /** Ours: what a notification or a screen reader is given. */
  fallbackText: 600,
} as const;
