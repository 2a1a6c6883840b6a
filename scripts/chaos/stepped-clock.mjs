// Preloaded into every process of a chaos run: its clock is the machine's and so many milliseconds as a file says.
import { openSync, readSync } from 'node:fs';

const machine = globalThis.Date;
const file = openSync(process.env.STEPPED_CLOCK_FILE ?? '', 'r');
const bytes = Buffer.alloc(16);
const now = () => {
  readSync(file, bytes, 0, bytes.length, 0);
  return machine.now() + Number(bytes.toString('latin1'));
};

// A proxy, because what is a Date here must be one for whoever was loaded earlier.
globalThis.Date = new Proxy(machine, {
  construct: (target, words, self) => Reflect.construct(target, words.length === 0 ? [now()] : words, self),
  apply: (target) => Reflect.apply(target, undefined, [now()]),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
