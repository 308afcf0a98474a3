// Debian's Chromium without a window, where there is one (ALTIS_CHROMIUM names another browser),
// driven over a pipe by its DevTools protocol.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
  '--no-first-run', '--hide-scrollbars', '--remote-debugging-pipe'];
const GIVE_UP_MS = 20_000;
const CLOSE_MS = 5_000;

export function findBrowser() {
  const named = process.env.ALTIS_CHROMIUM ?? 'chromium';
  return spawnSync(named, ['--version']).status === 0 ? named : null;
}

export class Browser {
  #profile = mkdtempSync(join(tmpdir(), 'altis-browser-'));
  #waiting = new Map();
  #next = 0;
  #text = '';

  constructor(program) {
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.#profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdio[4].setEncoding('utf8').on('data', (chunk) => this.#read(chunk));
    this.process.stdio[3].on('error', () => {});
    this.messages = []; // what pages complain about: errors, refused scripts
  }

  #read(chunk) {
    const parts = (this.#text + chunk).split('\0');
    this.#text = parts.pop();
    for (const part of parts) {
      const { id, method, params, result, error } = JSON.parse(part);
      if (method === 'Log.entryAdded') this.messages.push(params.entry.text);
      if (method === 'Runtime.exceptionThrown') {
        this.messages.push(params.exceptionDetails.exception?.description ?? 'an exception');
      }
      const waiting = this.#waiting.get(id);
      if (!waiting) continue;
      this.#waiting.delete(id);
      if (error) waiting.reject(new Error(error.message));
      else waiting.resolve(result);
    }
  }

  send(method, params = {}, sessionId = this.session) {
    const id = ++this.#next;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  // Opens a page in a new tab, which the following calls are about.
  async open(url, { width = 1000, height = 800, dark = false, scripts = true } = {}) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' }, undefined);
    this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true }, undefined))
      .sessionId;
    await this.send('Log.enable');
    await this.send('Runtime.enable');
    await this.send('Emulation.setDeviceMetricsOverride',
      { width, height, deviceScaleFactor: 1, mobile: false });
    await this.send('Emulation.setEmulatedMedia',
      { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    await this.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
    await this.send('Page.navigate', { url });
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'it failed');
    return result.value;
  }

  // Waits until an expression of the page is true.
  async until(expression) {
    const begin = performance.now();
    while (!(await this.evaluate(expression).catch(() => false))) {
      if (performance.now() - begin > GIVE_UP_MS) {
        const text = await this.evaluate('document.body.innerText');
        throw new Error(`not in time: ${expression}; the page says: ${text}; ${this.messages}`);
      }
      await sleep(25);
    }
  }

  press(key, code = key) {
    return Promise.all([this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code }),
      this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code })]);
  }

  async screenshot() {
    const { data } = await this.send('Page.captureScreenshot');
    return Buffer.from(data, 'base64');
  }

  async close() {
    const kill = setTimeout(() => this.process.kill('SIGKILL'), CLOSE_MS);
    this.send('Browser.close', {}, undefined).catch(() => {});
    await this.ended;
    clearTimeout(kill);
    // Its children may still be on their way out.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
