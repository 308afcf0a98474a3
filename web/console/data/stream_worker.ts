// Reads server-sent events apart from the page: decodes, resumes after the last event that was
// seen, and hands over what came in batches of at most one per frame or so.
import { readEvents } from './sse.ts';

interface Start {
  path: string;
  authorisation: string;
}
export interface StreamEvent {
  id: string;
  type: string;
  data: unknown;
}
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

let seen = '';

async function read(start: Start): Promise<void> {
  const headers: Record<string, string> = { Authorization: start.authorisation };
  if (seen) headers['Last-Event-ID'] = seen;
  const reply = await fetch(start.path, { headers });
  if (!reply.ok || !reply.body) return;
  tell({ state: 'open' });
  await readEvents(reply.body, seen, ({ id, type, data }) => {
    seen = id;
    if (!data) return;
    try {
      hold({ id, type, data: JSON.parse(data) });
    } catch {
      /* not of this server */
    }
  });
}

self.onmessage = async ({ data }: MessageEvent<Start>): Promise<void> => {
  for (;;) {
    try {
      await read(data);
    } catch {
      /* the network; tried again */
    }
    tell({ state: 'closed' });
    await new Promise((wake) => setTimeout(wake, kRetryMs));
  }
};
