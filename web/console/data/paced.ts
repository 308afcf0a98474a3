// A long list that changes whole is shown some rows a frame, so that no frame has to lay out all of them.
import { createEffect, createSignal, onCleanup, type Accessor } from 'solid-js';

const kRowsPerFrame = 125;

export function paced<T>(list: Accessor<T[]>): Accessor<T[]> {
  const [shown, setShown] = createSignal<T[]>(list());
  createEffect(() => {
    const wanted = list();
    let done = 0;
    let frame = 0;
    const step = (): void => {
      done += kRowsPerFrame;
      setShown((before) => (done >= wanted.length ? wanted : [...wanted.slice(0, done), ...before.slice(done)]));
      if (done < wanted.length) frame = requestAnimationFrame(step);
    };
    step();
    onCleanup(() => cancelAnimationFrame(frame));
  });
  return shown;
}
