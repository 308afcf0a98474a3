// How large a segment was: replayed from the journal at eight places, one after the other.
import { createSignal, For, Show } from 'solid-js';
import { get, type Problem } from '../data/client.ts';
import { number, t } from '../text.ts';
import { Refused } from './refused.tsx';

interface Past { items: { id: string; size: number }[] }
interface Point { offset: number; size: number }

const kPoints = 8;
const kWidth = 600;
const kHeight = 120;

function Line(properties: { points: Point[]; last: number }) {
  const top = (): number => Math.max(1, ...properties.points.map((one) => one.size));
  const x = (one: Point): number => 10 + (one.offset / properties.last) * (kWidth - 20);
  const y = (one: Point): number => kHeight - 10 - (one.size / top()) * (kHeight - 24);
  return (
    <svg class="trend" aria-hidden="true" viewBox={`0 0 ${kWidth} ${kHeight}`}>
      <line x1="10" x2={kWidth - 10} y1={kHeight - 10} y2={kHeight - 10} />
      <polyline points={properties.points.map((one) => `${x(one)},${y(one)}`).join(' ')} />
      <For each={properties.points}>{(one) => <circle cx={x(one)} cy={y(one)} r="3" />}</For>
    </svg>
  );
}

export function Trend(properties: { segment: string }) {
  const [points, setPoints] = createSignal<Point[]>([]);
  const [last, setLast] = createSignal(1);
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const draw = async (): Promise<void> => {
    setBusy(true);
    setPoints([]);
    const head = await get<{ durable_offset: number }>('/v1/journal');
    setProblem(head.ok ? null : head.problem);
    if (head.ok) setLast(head.value.durable_offset);
    for (let at = 1; head.ok && at <= kPoints; ++at) {
      const offset = Math.floor((last() * at) / kPoints);
      const past = await get<Past>(`/v1/segments-at?offset=${offset}`);
      setProblem(past.ok ? null : past.problem);
      if (!past.ok) break;
      setPoints((all) => [...all, { offset, size: past.value.items.find((one) => one.id === properties.segment)?.size ?? 0 }]);
    }
    setBusy(false);
  };
  return (
    <section class="panel stack"><div class="head"><h2>{t('trend')}</h2><button disabled={busy()} onClick={draw}>{busy() ? t('replaying') : t('drawTrend')}</button></div>
      <Show when={points().length} fallback={<p class="empty">{t('trendHint')}</p>}>
        <Line points={points()} last={last()} />
        <details><summary>{t('asTable')}</summary><table><thead><tr><th class="number">{t('record')}</th><th class="number">{t('fans')}</th></tr></thead>
          <tbody><For each={points()}>{(one) => <tr><td class="number">{number(one.offset)}</td><td class="number">{number(one.size)}</td></tr>}</For></tbody></table></details>
      </Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}
