// A real `altis serve` over a temporary folder: start, kill, ask, and read back what it keeps.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 120_000;
const EDITION = 'owg2026';

// Where the message id stands in a payload of `fans.event` (src/fans/fan_event.h): behind the fixed
// fields and the name.
const FIXED_BYTES = 1 + 1 + 8 + 8 + 16 + 8 + 16 + 16;

function messageIdIn(payload) {
  const nameBytes = payload.readUInt16LE(FIXED_BYTES);
  const at = FIXED_BYTES + 2 + nameBytes;
  return payload.toString('utf8', at + 2, at + 2 + payload.readUInt16LE(at));
}

export class AltisServer {
  // `environment` is added to that of the process.
  constructor(program, environment = {}) {
    this.program = program;
    this.environment = environment;
    this.folder = mkdtempSync(join(tmpdir(), 'altis-sdk-'));
    this.data = join(this.folder, 'data');
    this.port = 0;
  }

  // Has it start with these lines of TOML beside the data folder.
  configure(toml) {
    this.config = join(this.folder, 'altis.toml');
    writeFileSync(this.config, `[data]\ndirectory = "${this.data}"\n${toml}`);
  }

  // Starts it, the first time on a free port, later on the same one; gives how long until it
  // answered, in milliseconds.
  async start() {
    const begin = performance.now();
    const portFile = join(this.data, 'port');
    rmSync(portFile, { force: true });
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const where = this.config === undefined ? ['--data', this.data] : ['--config', this.config];
    this.process = spawn(this.program, ['serve', ...where, '--port', `${this.port}`],
      { stdio: ['ignore', log, log], env: { ...process.env, ...this.environment } });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    while (!existsSync(portFile) || !(await this.#answers(portFile))) {
      if (this.process.exitCode !== null) throw new Error(`altis ended: ${this.log()}`);
      if (performance.now() - begin > START_TIMEOUT_MS) throw new Error('altis does not answer');
      await sleep(2);
    }
    return performance.now() - begin;
  }

  async #answers(portFile) {
    const port = Number(readFileSync(portFile, 'utf8'));
    if (!port) return false;
    this.port = port;
    return fetch(`${this.url}/healthz`).then((answer) => answer.ok, () => false);
  }

  // What the process has used of the processors since its start, in milliseconds.
  cpuMs() {
    const TICK_MS = 10;
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return TICK_MS * (Number(fields[11]) + Number(fields[12]));
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  log() {
    return readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-2000);
  }

  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    this.process.kill('SIGTERM');
    return this.ended;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async ask(method, path, key, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${key}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  // An edition with its owner; gives a key that may send events and one that may read.
  async foundGames() {
    const admin = readFileSync(join(this.data, 'admin.key'), 'utf8').trim();
    const post = (path, body) => this.ask('POST', path, admin, body);
    await post('/v1/organisations', { id: 'la28', name: 'LA28', kind: 'rights_holder' });
    await post('/v1/editions', { id: EDITION, name: 'Milano Cortina 2026' });
    await post('/v1/ownerships',
      { organisation: 'la28', category: 'fan_engagement', edition: EDITION });
    const key = (id, scopes) =>
      post('/v1/keys', { id, organisation: 'la28', edition: EDITION, scopes });
    this.ingestKey = (await key('app', ['ingest'])).secret;
    this.readKey = (await key('people', ['read', 'fans'])).secret;
  }

  // How often each message id stands in the journal. The server must not run.
  storedIds() {
    const cat = spawnSync(this.program, ['journal', 'cat', '--data', this.data, '--type',
      'fans.event', '--open-seals'], { encoding: 'utf8', maxBuffer: 1 << 30 });
    if (cat.status !== 0) throw new Error(`altis journal cat: ${cat.stderr}`);
    const ids = new Map();
    for (const line of cat.stdout.split('\n').filter(Boolean)) {
      const id = messageIdIn(Buffer.from(JSON.parse(line).payload_hex, 'hex'));
      ids.set(id, (ids.get(id) ?? 0) + 1);
    }
    return ids;
  }

  // Numbers of records of a type in the journal, e.g. of dead letters.
  count(type) {
    const cat = spawnSync(this.program, ['journal', 'cat', '--data', this.data, '--type', type],
      { encoding: 'utf8', maxBuffer: 1 << 30 });
    return cat.stdout.split('\n').filter(Boolean).length;
  }
}

// Asserts that exactly the ids that were sent are stored, each once; gives how many.
export function assertStoredOnce(sent, stored) {
  const wanted = new Set(sent);
  const lost = [...wanted].filter((id) => !stored.has(id));
  const doubled = [...stored].filter(([, times]) => times > 1).map(([id]) => id);
  const strange = [...stored.keys()].filter((id) => !wanted.has(id));
  if (wanted.size !== sent.length) throw new Error('the test itself used an id twice');
  if (lost.length + doubled.length + strange.length > 0) {
    throw new Error(`of ${sent.length} events ${lost.length} are lost (${lost.slice(0, 3)}), ` +
      `${doubled.length} are doubled (${doubled.slice(0, 3)}), ` +
      `${strange.length} were never sent (${strange.slice(0, 3)})`);
  }
  return sent.length;
}
