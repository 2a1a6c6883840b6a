import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { nodeScript, podScript } from '../../../workers/probes/scripts.ts';

describe('workers/probes/scripts', () => {
  it.each`
    name      | script
    ${'pod'}  | ${podScript}
    ${'node'} | ${nodeScript}
  `('keeps the $name’s script under 8 KB in a URL, without comments and indentation', ({ script }) => {
    const url = new URLSearchParams();
    url.append('command', script);

    expect(url.toString().length).toBeLessThan(8 * 1024);
    expect(script).not.toMatch(/^\s*#/m);
    expect(script).not.toMatch(/^\s*$/m);
    expect(script).not.toMatch(/^ {2}/m);
    expect(script).toMatch(/^finish$/m);
  });

  it.each(['busybox', 'dash', 'bash'])('is read by %s', (shell) => {
    for (const script of [podScript, nodeScript]) {
      const words = shell === 'busybox' ? ['sh', '-n', '-c', script] : ['-n', '-c', script];
      expect(execFileSync(shell, words, { encoding: 'utf8' })).toBe('');
    }
  });

  it('keeps the lines of Python, which one space indents', () => {
    expect(podScript).toContain('\n b=time.time()');
    expect(podScript).toContain('\n try:socket.create_connection');
  });
});
