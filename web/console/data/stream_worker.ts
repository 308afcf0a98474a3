// Reads server-sent events with the key in a header (EventSource cannot), apart from the page: decodes, resumes after the
// last event that was seen, and hands over what came in batches of at most one per frame or so.
interface Start { path: string; authorisation: string }
export interface StreamEvent { id: string; type: string; data: unknown }
export type FromStream = { events: StreamEvent[] } | { state: 'open' | 'closed' };

const kBatchMs = 50;
const kRetryMs = 2000;
const kMaxHeld = 5000;
let held: StreamEvent[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

const tell = (message: FromStream): void => self.postMessage(message);

function hold(event: StreamEvent): void {
  if (held.length < kMaxHeld) held.push(event);
  timer ??= setTimeout(() => {
    tell({ events: held });
    held = [];
    timer = undefined;
  }, kBatchMs);
}

/** One event's lines; its id, or the one before. */
function take(block: string, before: string): string {
  const event = { id: before, type: 'message', data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at <= 0) continue;
    const value = line.slice(at + 1).replace(/^ /, '');
    const name = line.slice(0, at);
    if (name === 'id') event.id = value;
    else if (name === 'event') event.type = value;
    else if (name === 'data') event.data += value;
  }
  if (!event.data) return event.id;
  try { hold({ ...event, data: JSON.parse(event.data) }); } catch { /* not of this server */ }
  return event.id;
}

async function read(start: Start, after: string): Promise<string> {
  const headers: Record<string, string> = { Authorization: start.authorisation };
  if (after) headers['Last-Event-ID'] = after;
  const reply = await fetch(start.path, { headers });
  if (!reply.ok || !reply.body) return after;
  tell({ state: 'open' });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let id = after; ;) {
    const { value, done } = await reader.read();
    if (done) return id;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) id = take(block, id);
    after = id;
  }
}

self.onmessage = async ({ data }: MessageEvent<Start>): Promise<void> => {
  let seen = '';
  for (;;) {
    try { seen = await read(data, seen); } catch { /* the network; tried again */ }
    tell({ state: 'closed' });
    await new Promise((wake) => setTimeout(wake, kRetryMs));
  }
};
