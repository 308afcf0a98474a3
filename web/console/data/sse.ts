// Server-sent events of a streamed answer. Read by workers, with the key in a header, which
// EventSource cannot send.
export interface SentEvent {
  id: string;
  type: string;
  data: string;
}

/**
 * What a block of lines between two empty ones says; `id` is the one before unless it has its own.
 */
function eventOf(block: string, id: string): SentEvent {
  const event = { id, type: 'message', data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at <= 0) continue;
    const value = line.slice(at + 1).replace(/^ /, '');
    const name = line.slice(0, at);
    if (name === 'id') event.id = value;
    else if (name === 'event') event.type = value;
    else if (name === 'data') event.data += value;
  }
  return event;
}

/**
 * Reads until the stream ends. Nothing more is read while `take` works: a slow reader leaves the
 * rest to the server.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  id: string,
  take: (event: SentEvent) => void | Promise<void>,
): Promise<void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    // Only what is new can hold the end of a block, and the break before it.
    let look = Math.max(0, rest.length - 1);
    rest += value;
    for (let end; (end = rest.indexOf('\n\n', look)) >= 0; look = 0) {
      const event = eventOf(rest.slice(0, end), id);
      rest = rest.slice(end + 2);
      id = event.id;
      await take(event);
    }
  }
}
