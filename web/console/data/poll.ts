// Keeps an answer fresh while somebody looks: asks again after each answer, pauses while the tab is hidden.
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { get, type GetPath, type Problem } from './client.ts';

export interface Poll<T> { value: Accessor<T | undefined>; problem: Accessor<Problem | null>; again: () => Promise<void> }

export function poll<T>(path: () => GetPath | null, everyMs = 1000): Poll<T> {
  const [value, setValue] = createSignal<T>();
  const [problem, setProblem] = createSignal<Problem | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  const again = async (): Promise<void> => {
    clearTimeout(timer);
    const asked = path();
    if (asked && !document.hidden) {
      const answer = await get<T>(asked);
      if (over || asked !== path()) return;
      if (answer.ok) setValue(() => answer.value);
      setProblem(answer.ok ? null : answer.problem);
    }
    clearTimeout(timer);
    // What was refused stays refused for a while.
    if (!over && everyMs > 0) timer = setTimeout(again, problem() ? everyMs * 10 : everyMs);
  };
  const onShown = (): void => { if (!document.hidden) void again(); };
  document.addEventListener('visibilitychange', onShown);
  void again();
  onCleanup(() => { over = true; clearTimeout(timer); document.removeEventListener('visibilitychange', onShown); });
  return { value, problem, again };
}
