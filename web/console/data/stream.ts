// A stream of the server, read by a worker for as long as the page that asks is shown.
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { authorisation, type GetPath } from './client.ts';
import type { FromStream, StreamEvent } from './stream_worker.ts';

export function follow(path: GetPath, onEvents: (events: StreamEvent[]) => void): Accessor<boolean> {
  const [open, setOpen] = createSignal(false);
  const worker = new Worker(new URL('./stream_worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromStream>) => {
    if ('events' in data) onEvents(data.events);
    else setOpen(data.state === 'open');
  };
  worker.postMessage({ path, authorisation: authorisation() });
  onCleanup(() => worker.terminate());
  return open;
}
