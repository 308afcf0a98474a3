// How the installation runs: journal, warehouse, each route's count and times, faults and limits.
import { createMemo, For, Show } from 'solid-js';
import { poll } from '../data/poll.ts';
import { Faults, sumOf } from '../parts/faults.tsx';
import { Limits } from '../parts/limits.tsx';
import { Refused } from '../parts/refused.tsx';
import { number, t } from '../text.ts';

interface Journal { durable_offset: number; head_hash: string; cut_bytes_at_start: number }
interface Warehouse { committed_offset: number; lag: number; tables: Record<string, number> }
interface Route { route: string; count: number; mean: number; slowest: number }

const kLine = /^altis_http_request_seconds_(sum|count)\{route="([^"]*)"\} (\S+)$/gm;

const kBucket = /^altis_http_request_seconds_bucket\{route="([^"]*)",le="([^"]*)"\} (\S+)$/gm;

/** The bound below which 99 of 100 requests of a route were answered, in seconds. */
function slowestOf(metrics: string): Map<string, number> {
  const buckets = new Map<string, { le: number; count: number }[]>();
  for (const [, route, le, count] of metrics.matchAll(kBucket)) {
    const all = buckets.get(route!) ?? [];
    all.push({ le: le === '+Inf' ? Infinity : Number(le), count: Number(count) });
    buckets.set(route!, all);
  }
  return new Map([...buckets].map(([route, all]) => [route, all.find((one) => one.count >= 0.99 * all.at(-1)!.count)?.le ?? Infinity]));
}

/** From the text format of Prometheus. */
function routesOf(metrics: string): Route[] {
  const found = new Map<string, { sum: number; count: number }>();
  const slowest = slowestOf(metrics);
  for (const [, kind, route, value] of metrics.matchAll(kLine)) {
    const one = found.get(route!) ?? { sum: 0, count: 0 };
    one[kind as 'sum' | 'count'] = Number(value);
    found.set(route!, one);
  }
  return [...found].map(([route, { sum, count }]) => ({ route, count, mean: sum / (count || 1), slowest: slowest.get(route) ?? Infinity })).sort((a, b) => b.count - a.count);
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
          <div><dt>{t('headHash')}</dt><dd class="mono outside" title={it().head_hash}>{it().head_hash.slice(0, 32)}…</dd></div>
        </>}</Show>
        <Show when={warehouse.value()}>{(it) => <div><dt>{t('warehouse')}</dt><dd class="big">{number(it().lag)}</dd><dd class="small">{t('lag')}</dd></div>}</Show>
        <Show when={metrics.value()}>{(it) => <>
          <div><dt>{t('connections')}</dt><dd class="big">{number(sumOf(it(), 'altis_http_connections'))}</dd></div>
          <div><dt>{t('followers')}</dt><dd class="big">{number(sumOf(it(), 'altis_stream_clients'))}</dd></div>
          <div><dt>{t('waiting')}</dt><dd class="big">{number(sumOf(it(), 'altis_core_queued_tasks'))}</dd></div>
        </>}</Show>
      </dl>
      <div class="columns uneven">
        <div class="stack">
          <Faults metrics={metrics.value() ?? ''} cutBytes={journal.value()?.cut_bytes_at_start ?? 0} lag={warehouse.value()?.lag ?? 0} />
          <Show when={warehouse.value()}>{(it) => (
            <section class="panel"><h2>{t('tables')}</h2>
              <table><tbody><For each={Object.entries(it().tables)}>{([name, rows]) => <tr><th scope="row" class="mono">{name}</th><td class="number">{number(rows)}</td></tr>}</For></tbody></table>
            </section>
          )}</Show>
        </div>
        <section class="panel"><h2>{t('requests')}</h2>
          <div class="scroll short-scroll" tabindex="0" role="region" aria-label={t('requests')}><table class="tight"><thead><tr><th>{t('route')}</th><th class="number">{t('count')}</th><th class="number">{t('mean')}</th><th class="number">{t('slowest')}</th></tr></thead>
            <tbody><For each={routes()}>{(one) => <tr><td class="mono outside">{one.route}</td><td class="number">{number(one.count)}</td><td class="number">{number(one.mean * 1000, 2)} ms</td><td class="number">{'< '}{number(one.slowest * 1000, 1)} ms</td></tr>}</For></tbody></table></div>
        </section>
      </div>
      <Limits />
    </>
  );
}
