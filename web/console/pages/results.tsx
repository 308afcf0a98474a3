// Results: units and one of them as it happens, the medal table at any moment, and what waits for a second person.
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import { liveUnit, type LiveUnit } from '../data/live_unit.ts';
import { poll } from '../data/poll.ts';
import { follow } from '../data/stream.ts';
import { Badge } from '../parts/badge.tsx';
import { Corrections } from '../parts/corrections.tsx';
import { MedalTable } from '../parts/medal_table.tsx';
import { Refused } from '../parts/refused.tsx';
import { Score, type Unit } from '../parts/score.tsx';
import { link, place } from '../router.ts';
import { may, session } from '../session.ts';
import { brief, t } from '../text.ts';
import { named } from '../words.ts';

const kRefreshMs = 30_000; // of the list, besides at each event of the stream
const kGatherMs = 300; // events that come so close together are one reason to ask
const kMinuteMs = 60_000;

/** Counts up when something was published, at most once in kGatherMs. */
function usePublications(): () => number {
  const [news, setNews] = createSignal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  follow('/v1/results/stream', () => {
    timer ??= setTimeout(() => { timer = undefined; setNews((count) => count + 1); }, kGatherMs);
  });
  return news;
}

/** How the page stands to the server. */
function Freshness(properties: { live: LiveUnit }) {
  const words = (): string => {
    const state = properties.live.state();
    if (state === 'live') return properties.live.isChecked() ? t('liveChecked') : t('live');
    return state === 'behind' ? t('behind') : state === 'refused' ? t('askedEachSecond') : state === 'reconnecting' ? t('reconnecting') : t('connecting');
  };
  const isOn = (): boolean => ['live', 'refused'].includes(properties.live.state());
  return <span class="tag" role="status" data-state={properties.live.state()}><span class="dot" classList={{ on: isOn() }} />{words()}</span>;
}

export default function Results() {
  const news = usePublications();
  const units = poll<{ items: Unit[] }>(() => '/v1/results/units', kRefreshMs);
  createEffect(on(news, () => { void units.again(); }, { defer: true }));
  const chosen = createMemo(() => place()[1] || units.value()?.items[0]?.unit);
  const isBoard = (): boolean => place()[2] === 'board';
  const edition = createMemo(() => session()?.edition || units.value()?.items.find((one) => one.unit === chosen())?.edition || units.value()?.items[0]?.edition);
  const live = liveUnit(chosen, edition);
  // The slider begins a minute before the oldest result that is known.
  const from = createMemo(() => Math.min(Date.now(), ...(units.value()?.items ?? []).map((one) => Date.parse(one.known_at)).filter(Number.isFinite)) - kMinuteMs);
  const nameOf = (unit: string | undefined): string | undefined => units.value()?.items.find((one) => one.unit === unit)?.name || undefined;
  const score = () => (
    <Show when={live.head()} fallback={<Show when={chosen() && live.state() === 'live'}><section class="panel"><strong class="outside">{brief(nameOf(chosen()) ?? chosen())}</strong><p class="empty">{t('noResultYet')}</p></section></Show>}>{(head) => (
      <section class="panel stack">
        <Score head={head()} rows={live.rows()} isBoard={isBoard()} />
        <div class="head"><Badge unit={head().unit} version={head().version} /><a href={isBoard() ? link('results', head().unit) : link('results', head().unit, 'board')}>{isBoard() ? t('leaveBoard') : t('board')}</a></div>
      </section>
    )}</Show>
  );
  return (
    <>
      <div class="head"><h1>{t('results')}</h1><Show when={chosen()}><Freshness live={live} /></Show></div>
      <Show when={units.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={units.value() && !units.value()!.items.length}><p class="empty">{t('noUnits')}</p></Show>
      <Show when={!isBoard()} fallback={score()}>
        <div class="columns">
          <div class="stack">
            {score()}
            <Show when={live.problem()}>{(it) => <Refused problem={it()} />}</Show>
            <section class="panel"><h2>{t('units')}</h2>
              <ul class="list"><For each={units.value()?.items}>{(one) => (
                <li><a class="outside" href={link('results', one.unit)} aria-current={one.unit === chosen() ? 'true' : undefined}>{brief(one.name || one.unit)}</a><span class="tag">{brief(named('status', one.status), 20)}</span></li>
              )}</For></ul>
            </section>
          </div>
          <div class="stack">
            <Show when={edition() && units.value()}><MedalTable edition={edition()!} from={from()} news={news()} /></Show>
            <Show when={may('results:correct') && edition()}><Corrections edition={edition()!} names={nameOf} changed={() => void units.again()} /></Show>
          </div>
        </div>
      </Show>
    </>
  );
}
