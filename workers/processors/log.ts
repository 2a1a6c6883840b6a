import type { Logger } from 'pino';

/** As much of a logger as we use: a constant message, data in the object. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;
