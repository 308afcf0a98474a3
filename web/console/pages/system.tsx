// How the installation runs: journal, warehouse, and each route's count and mean time.
import { createMemo, For, Show } from 'solid-js';
import { poll } from '../data/poll.ts';
import { Refused } from '../parts/refused.tsx';
import { number, t } from '../text.ts';

interface Journal { durable_offset: number; head_hash: string }
interface Warehouse { committed_offset: number; lag: number; tables: Record<string, number> }
interface Route { route: string; count: number; mean: number }

const kLine = /^altis_http_request_seconds_(sum|count)\{route="([^"]*)"\} (\S+)$/gm;

/** From the text format of Prometheus. */
function routesOf(metrics: string): Route[] {
  const found = new Map<string, { sum: number; count: number }>();
  for (const [, kind, route, value] of metrics.matchAll(kLine)) {
    const one = found.get(route!) ?? { sum: 0, count: 0 };
    one[kind as 'sum' | 'count'] = Number(value);
    found.set(route!, one);
  }
  return [...found].map(([route, { sum, count }]) => ({ route, count, mean: sum / (count || 1) })).sort((a, b) => b.count - a.count);
}

export default function System() {
  const journal = poll<Journal>(() => '/v1/journal');
  const warehouse = poll<Warehouse>(() => '/v1/warehouse');
  const metrics = poll<string>(() => '/metrics', 2000);
  const routes = createMemo(() => routesOf(metrics.value() ?? ''));
  return (
    <>
      <div class="head"><h1>{t('system')}</h1></div>
      <Show when={journal.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <dl class="figures">
        <Show when={journal.value()}>{(it) => <>
          <div><dt>{t('durable')}</dt><dd class="big">{number(it().durable_offset)}</dd></div>
          <div><dt>{t('headHash')}</dt><dd class="mono outside">{it().head_hash}</dd></div>
        </>}</Show>
        <Show when={warehouse.value()}>{(it) => <div><dt>{t('warehouse')}</dt><dd class="big">{number(it().lag)}</dd><dd class="small">{t('lag')}</dd></div>}</Show>
      </dl>
      <div class="columns">
        <section class="panel"><h2>{t('requests')}</h2>
          <table><thead><tr><th>{t('route')}</th><th class="number">{t('count')}</th><th class="number">{t('mean')}</th></tr></thead>
            <tbody><For each={routes()}>{(one) => <tr><td class="mono outside">{one.route}</td><td class="number">{number(one.count)}</td><td class="number">{number(one.mean * 1000, 2)} ms</td></tr>}</For></tbody></table>
        </section>
        <Show when={warehouse.value()}>{(it) => (
          <section class="panel"><h2>{t('tables')}</h2>
            <table><tbody><For each={Object.entries(it().tables)}>{([name, rows]) => <tr><th scope="row" class="mono">{name}</th><td class="number">{number(rows)}</td></tr>}</For></tbody></table>
          </section>
        )}</Show>
      </div>
    </>
  );
}
