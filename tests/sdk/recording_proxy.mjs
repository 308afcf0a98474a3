// Stands between the clients and the server: notes which events a request carries and whether they
// were acknowledged, and misbehaves when told to. Bytes pass unchanged.
import http from 'node:http';
import { gunzipSync } from 'node:zlib';

// Requests that ask for settings or permission carry no events.
const WITHOUT_EVENTS = /^\/(v1\/projects|array|flags|decide|healthz)\b/;

function idsIn(method, path, body) {
  if (path.startsWith('/i?')) return [new URLSearchParams(path.slice(3)).get('eid')];
  if (method !== 'POST' || WITHOUT_EVENTS.test(path)) return [];
  let text = body;
  if (text.subarray(0, 5).toString() === 'data=') {
    text = Buffer.from(new URLSearchParams(text.toString()).get('data'), 'base64');
  }
  if (text[0] === 0x1f && text[1] === 0x8b) text = gunzipSync(text);
  const json = JSON.parse(text.toString());
  const events = Array.isArray(json) ? json : json.batch ?? json.data ?? [json];
  return events.map((event) => event.messageId ?? event.uuid ?? event.eid);
}

// What may happen to a request.
export const PASS = 'pass';
export const REFUSE = 'refuse';    // 429 with Retry-After, not forwarded
export const RESET = 'reset';      // the connection breaks, not forwarded
export const SWALLOW = 'swallow';  // forwarded, but the answer is lost

export class RecordingProxy {
  // `fate(number)` decides about the request with events of that number, from 0.
  constructor(targetPort, fate = () => PASS) {
    this.targetPort = targetPort;
    this.fate = fate;
    this.sent = new Map();          // event id -> how often it was sent
    this.acknowledged = new Set();  // event ids
    this.statuses = new Map();      // status of an answer that was passed on -> how often
    this.requests = 0;
    this.agent = new http.Agent({ keepAlive: true });
    this.server = http.createServer((request, response) => this.#take(request, response));
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
  }

  #take(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const ids = idsIn(request.method, request.url, body);
      for (const id of ids) this.sent.set(id, (this.sent.get(id) ?? 0) + 1);
      const fate = ids.length > 0 ? this.fate(this.requests++) : PASS;
      if (fate === RESET) return request.socket.destroy();
      if (fate === REFUSE) {
        response.writeHead(429, { 'retry-after': '1', 'content-length': '0' });
        return response.end();
      }
      this.#forward(request, body, ids, fate, response);
    });
  }

  #forward(request, body, ids, fate, response) {
    const forwarded = http.request({ port: this.targetPort, host: '127.0.0.1', agent: this.agent,
      method: request.method, path: request.url, headers: request.headers });
    forwarded.on('error', () => request.socket.destroy());
    forwarded.on('response', (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', () => request.socket.destroy());
      answer.on('aborted', () => request.socket.destroy());
      answer.on('end', () => {
        if (fate === SWALLOW) return request.socket.destroy();
        if (answer.statusCode === 200) for (const id of ids) this.acknowledged.add(id);
        this.statuses.set(answer.statusCode, (this.statuses.get(answer.statusCode) ?? 0) + 1);
        response.writeHead(answer.statusCode, answer.headers);
        response.end(Buffer.concat(chunks));
      });
    });
    forwarded.end(body);
  }
}
