// What is not as it should be, counted, each with what to do about it.
import { createMemo, For, Show } from 'solid-js';
import { poll } from '../data/poll.ts';
import { may } from '../session.ts';
import { number, t } from '../text.ts';
import type { Texts } from '../texts/en.ts';

interface Items<T> { items: T[] }
interface Fault { what: keyof Texts; count: number; remedy: keyof Texts; more?: string }

/** The sum of a counter over all its labels that fit. */
export function sumOf(metrics: string, name: string, labels = ''): number {
  let sum = 0;
  for (const [, found, value] of metrics.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'))) if ((found ?? '').includes(labels)) sum += Number(value);
  return sum;
}

export function Faults(properties: { metrics: string; cutBytes: number; lag: number }) {
  const letters = poll<Items<{ reason: string; repaired: boolean }>>(() => (may('fans') ? '/v1/deadletters' : null), 5000);
  const held = poll<Items<unknown>>(() => (may('results:correct') ? '/v1/results/held' : null), 5000);
  const gaps = poll<Items<unknown>>(() => (may('results') ? '/v1/results/gaps' : null), 5000);
  const open = createMemo(() => (letters.value()?.items ?? []).filter((one) => !one.repaired));
  const reasons = (): string => {
    const counts = new Map<string, number>();
    for (const { reason } of open()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
  };
  const faults = createMemo<Fault[]>(() => [
    { what: 'faultLetters', count: open().length, remedy: 'faultLettersRemedy', more: reasons() },
    { what: 'faultHeld', count: held.value()?.items.length ?? 0, remedy: 'faultHeldRemedy' },
    { what: 'faultGaps', count: gaps.value()?.items.length ?? 0, remedy: 'faultGapsRemedy' },
    { what: 'faultServer', count: sumOf(properties.metrics, 'altis_http_requests_total', 'status="5'), remedy: 'faultServerRemedy' },
    { what: 'faultRefused', count: sumOf(properties.metrics, 'altis_http_requests_total', 'status="429"') + sumOf(properties.metrics, 'altis_http_connections_refused_total'), remedy: 'faultRefusedRemedy' },
    { what: 'faultDropped', count: sumOf(properties.metrics, 'altis_stream_clients_dropped_total'), remedy: 'faultDroppedRemedy' },
    { what: 'faultCut', count: properties.cutBytes, remedy: 'faultCutRemedy' },
    { what: 'faultLag', count: properties.lag > 100_000 ? properties.lag : 0, remedy: 'faultLagRemedy' },
  ]);
  return (
    <section class="panel"><h2>{t('faults')}</h2>
      <ul class="list"><For each={faults()}>{(one) => (
        <li><span><span class="dot" classList={{ on: one.count === 0, off: one.count > 0 }} />{t(one.what)}
          <Show when={one.count > 0}><div class="small soft outside">{t(one.remedy)} {one.more}</div></Show></span>
          <span class="number" classList={{ bad: one.count > 0 }}>{number(one.count)}</span></li>
      )}</For></ul>
    </section>
  );
}
