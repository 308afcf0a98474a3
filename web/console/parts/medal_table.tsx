// The medal table as it is known, or was published at any moment.
import { createEffect, createSignal, For, on, Show } from 'solid-js';
import { part } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { brief, moment, number, t } from '../text.ts';
import { Refused } from './refused.tsx';

interface Row { organisation: string; rank: number; gold: number; silver: number; bronze: number; total: number }

const kSteps = 1000; // of the slider; the last is today
const kRefreshMs = 30_000; // besides at each `news`

export function MedalTable(properties: { edition: string; from: number; news: number }) {
  const [at, setAt] = createSignal(kSteps);
  const now = Date.now();
  const chosen = (): string => new Date(properties.from + ((now - properties.from) * at()) / kSteps).toISOString();
  const table = poll<{ items: Row[] }>(() => {
    const base = `/v1/results/medals/${part(properties.edition)}` as const;
    return at() >= kSteps ? base : `${base}?known_at=${chosen()}`;
  }, kRefreshMs);
  createEffect(on([at, () => properties.news], () => { void table.again(); }, { defer: true }));
  const label = (): string => (at() >= kSteps ? t('today') : t('asKnown', moment(chosen())));
  return (
    <section class="panel">
      <h2>{t('medals')}</h2>
      <label>{label()}<input type="range" min="0" max={kSteps} value={at()} aria-valuetext={label()} onInput={(event) => setAt(Number(event.currentTarget.value))} /></label>
      <table>
        <thead><tr><th class="number">{t('rank')}</th><th>{t('country')}</th><th class="number">{t('gold')}</th><th class="number">{t('silver')}</th><th class="number">{t('bronze')}</th><th class="number">{t('total')}</th></tr></thead>
        <tbody><For each={table.value()?.items}>{(row) => (
          <tr><td class="number">{row.rank}</td><th scope="row" class="outside">{brief(row.organisation, 20)}</th><td class="number">{number(row.gold)}</td><td class="number">{number(row.silver)}</td><td class="number">{number(row.bronze)}</td><td class="number">{number(row.total)}</td></tr>
        )}</For></tbody>
      </table>
      <Show when={table.problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}
