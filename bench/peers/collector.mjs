// The peer of `./dev bench spine`: the least that an honest Node collector must do. Takes Segment batches
// (gzip or plain), parses, checks and deduplicates each event, appends them as JSON lines, and answers
// after an fdatasync that all waiting requests share. Usage: node collector.mjs FILE; prints its port.
import { createServer } from 'node:http';
import { gunzip } from 'node:zlib';
import { open } from 'node:fs/promises';

const file = await open(process.argv[2], 'a');
const seen = new Set();
let pending = [];
let lines = [];
let syncing = false;

// Writes and syncs everything that waits; requests that arrive meanwhile go into the next round.
async function flush() {
  if (syncing) return;
  syncing = true;
  while (pending.length > 0) {
    const answers = pending;
    const text = lines.join('');
    pending = [];
    lines = [];
    if (text) await file.write(text);
    await file.datasync();
    for (const answer of answers) answer();
  }
  syncing = false;
}

function isValid(event) {
  return typeof event === 'object' && event !== null && typeof event.messageId === 'string' &&
    typeof event.type === 'string' && (event.userId !== undefined || event.anonymousId !== undefined) &&
    !Number.isNaN(Date.parse(event.timestamp));
}

function take(body, response) {
  let batch;
  try {
    batch = JSON.parse(body).batch;
  } catch {
    response.writeHead(400).end();
    return;
  }
  let accepted = 0;
  let duplicate = 0;
  for (const event of batch) {
    if (!isValid(event)) continue;
    if (seen.has(event.messageId)) {
      duplicate += 1;
      continue;
    }
    seen.add(event.messageId);
    lines.push(JSON.stringify(event) + '\n');
    accepted += 1;
  }
  pending.push(() => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ success: true, accepted, duplicate }));
  });
  void flush();
}

const server = createServer({ keepAlive: true }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    if (body[0] !== 0x1f || body[1] !== 0x8b) return take(body, response);
    gunzip(body, (error, plain) => (error ? response.writeHead(400).end() : take(plain, response)));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => process.exit(0));
