// Debian's Chromium without a window, where there is one (ALTIS_CHROMIUM names another browser).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
  '--no-first-run'];

export function findBrowser() {
  const named = process.env.ALTIS_CHROMIUM ?? 'chromium';
  return spawnSync(named, ['--version']).status === 0 ? named : null;
}

// Opens a page and waits for `done`; ends the browser whatever happens.
export async function browse(browser, url, done) {
  const profile = mkdtempSync(join(tmpdir(), 'altis-browser-'));
  const child = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, '--remote-debugging-port=0',
    url], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await done;
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
