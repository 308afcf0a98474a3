// The Games on one screen: events, cohorts, the score, messages, the ledger, as they happen.
import { createEffect, createMemo, createSignal, For, Show } from 'solid-js';
import { follow } from '../data/stream.ts';
import type { StreamEvent } from '../data/stream_worker.ts';
import { get, part } from '../data/client.ts';
import type { Plan } from './messages.tsx';
import { poll } from '../data/poll.ts';
import { RateChart } from '../parts/rate_chart.tsx';
import { ShareBar } from '../parts/share_bar.tsx';
import { rowsOfUnit } from '../feed/rows.ts';
import { Score, type Unit } from '../parts/score.tsx';
import { link } from '../router.ts';
import { may, session } from '../session.ts';
import { brief, language, money, moment, number, percent, t } from '../text.ts';
import { named } from '../words.ts';

interface Segment { id: string; kind: string; size: number; rule: string }
interface Items<T> { items: T[] }
interface Statement { currencies: { currency: string; closing_minor: number; lines: unknown[] }[] }

const kRates = 120;
const kFeed = 12;

const ifMay = <P,>(scope: string, path: P): (() => P | null) => () => (may(scope) ? path : null);

/** Differences of a growing count, a second each. */
function ratesOf(count: () => number | undefined): () => number[] {
  const [rates, setRates] = createSignal<number[]>([]);
  let before: { count: number; at: number } | undefined;
  createEffect(() => {
    const now = count();
    if (now === undefined) return;
    const at = performance.now();
    const last = before;
    before = { count: now, at };
    if (last) setRates((all) => [...all, Math.max(0, (now - last.count) / ((at - last.at) / 1000))].slice(-kRates));
  });
  return rates;
}

interface Happening { words: string; at: Date }

/** What was known when the page was opened: results, and messages by what they told. */
async function before(): Promise<Happening[]> {
  const [units, plans] = await Promise.all([
    may('results') ? get<Items<Unit>>('/v1/results/units') : null,
    may('messages') ? get<Items<Plan>>(`/v1/messages/plans?language=${language()}`) : null,
  ]);
  const told = plans?.ok ? plans.value.items.filter((plan) => plan.sent > 0) : [];
  return [
    ...(units?.ok ? units.value.items : []).filter((unit) => unit.known_at).map((unit) => ({ words: [unit.name || unit.unit, named('status', unit.status)].join(' · '), at: new Date(unit.known_at) })),
    ...told.map((plan) => ({ words: t('toldTo', brief(plan.text, 90), number(plan.sent)), at: new Date(plan.planned) })),
  ];
}

/** The newest things of both streams and of before, newest first. */
function useFeed() {
  const [feed, setFeed] = createSignal<Happening[]>([]);
  const add = (more: Happening[]): void => { setFeed((all) => [...more, ...all].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, kFeed)); };
  const addLive = (events: StreamEvent[]): void => {
    const at = new Date();
    add(events.slice(-kFeed).reverse().map((event) => ({ words: wordsOf(event), at })));
  };
  void before().then(add);
  const connections = [
    ...(may('results') ? [follow('/v1/results/stream', addLive)] : []),
    ...(may('messages') ? [follow('/v1/messages/stream', addLive)] : []),
  ];
  return { feed, connected: () => connections.some((open) => open()), follows: connections.length > 0 };
}

const wordsOf = (event: StreamEvent): string => {
  const data = event.data as Record<string, unknown>;
  return String(data['text'] ?? [data['name'] ?? data['unit'], named('status', String(data['status'] ?? ''))].filter(Boolean).join(' · '));
};

export function Story() {
  const fans = poll<{ fans: number; events: number }>(ifMay('fans', '/v1/fans/stats'));
  const journal = poll<{ durable_offset: number; head_hash: string }>(ifMay('read', '/v1/journal'));
  const segments = poll<Items<Segment>>(ifMay('segments', '/v1/segments'));
  const units = poll<Items<Unit>>(ifMay('results', '/v1/results/units'), 2000);
  const messages = poll<{ sent: number; opened: number; by_language: Record<string, number> }>(ifMay('messages', '/v1/messages/stats'));
  const statement = poll<Statement>(() => (may('market') ? `/v1/statements/${part(session()?.organisation ?? '')}` : null), 2000);
  const newest = createMemo(() => units.value()?.items.reduce((a, b) => (a.known_at > b.known_at ? a : b), units.value()!.items[0]!)?.unit);
  const unit = poll<Unit>(() => (newest() ? `/v1/results/units/${part(newest()!)}` : null));
  createEffect(() => { if (newest()) void unit.again(); });
  const rates = ratesOf(() => journal.value()?.durable_offset);
  const rate = (): number => rates().at(-1) ?? 0;
  const { feed, connected, follows } = useFeed();
  const languageName = (code: string): string => new Intl.DisplayNames([language()], { type: 'language' }).of(code) ?? code;

  return (
    <>
      <div class="head">
        <h1>{t('story')}</h1>
        <Show when={follows}><span class="tag" role="status"><span class="dot" classList={{ on: connected() }} />{connected() ? t('live') : t('away')}</span></Show>
        <Show when={may('rooms')}><a href={link('rooms')}>{t('nextQuestion')}</a></Show>
      </div>
      <dl class="figures">
        <Show when={fans.value()}>{(it) => <>
          <div><dt>{t('events')}</dt><dd class="big">{number(it().events)}</dd><dd class="small">{t('perSecond', number(rate()))}</dd></div>
          <div><dt>{t('fansKnown')}</dt><dd class="big">{number(it().fans)}</dd></div>
        </>}</Show>
        <Show when={messages.value()}>{(it) => <div><dt>{t('messagesSent')}</dt><dd class="big">{number(it().sent)}</dd></div>}</Show>
        <Show when={statement.value()}>{(it) => (
          <For each={it().currencies}>{(one) => <div><dt>{t('revenue')}</dt><dd class="big">{money(one.closing_minor, one.currency)}</dd><dd class="small">{t('entries', number(one.lines.length))}</dd></div>}</For>
        )}</Show>
        <Show when={journal.value()}>{(it) => <div><dt>{t('journal')}</dt><dd class="big">{number(it().durable_offset)}</dd><dd class="small mono">{it().head_hash.slice(0, 12)}</dd></div>}</Show>
      </dl>
      <div class="columns">
        <div class="stack">
          <Show when={unit.value()}>{(it) => <section class="panel"><h2>{t('score')}</h2><Score head={it()} rows={rowsOfUnit(it())} most={8} /></section>}</Show>
          <Show when={journal.value()}>
            <section class="panel"><h2>{t('pouring')}</h2>
              <RateChart rates={rates()} places={kRates} words={t('rateAlt', number(rate()), number(Math.max(0, ...rates())))} />
            </section>
          </Show>
        </div>
        <div class="stack">
          <Show when={segments.value()}>{(it) => (
            <section class="panel"><h2>{t('cohorts')}</h2>
              <For each={it().items} fallback={<p class="empty">{t('noSegments')}</p>}>{(segment) => {
                const share = (): number => segment.size / (fans.value()?.fans || 1);
                return <ShareBar name={<a href={link('segments', segment.id)}>{brief(segment.id)}</a>} figure={number(segment.size)} share={share()} words={t('ofFans', percent(share()))} />;
              }}</For>
            </section>
          )}</Show>
          <Show when={messages.value()}>{(it) => (
            <section class="panel"><h2>{t('byLanguage')}</h2>
              <For each={Object.entries(it().by_language).sort((a, b) => b[1] - a[1])}>{([code, sent]) => (
                <ShareBar name={languageName(code)} figure={number(sent)} share={sent / (it().sent || 1)} words={percent(sent / (it().sent || 1))} />
              )}</For>
            </section>
          )}</Show>
        </div>
        <Show when={follows}>
          <section class="panel"><h2>{t('feed')}</h2>
            <ul class="list" aria-live="polite">
              <For each={feed()} fallback={<li class="empty">{t('nothingYet')}</li>}>{({ words, at }) => (
                <li><span class="outside" dir="auto">{brief(words, 160)}</span><time class="small soft">{moment(at.toISOString())}</time></li>
              )}</For>
            </ul>
          </section>
        </Show>
      </div>
    </>
  );
}
