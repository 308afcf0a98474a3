// Results: units and one of them, the medal table at any moment, and corrections.
import { createMemo, createSignal, For, Show } from 'solid-js';
import { get, part, post, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { Refused } from '../parts/refused.tsx';
import { Score, type Unit } from '../parts/score.tsx';
import { link, place } from '../router.ts';
import { may, session } from '../session.ts';
import { brief, moment, number, t } from '../text.ts';
import { verifyFact } from '../../verify/verify.ts';

interface Items<T> { items: T[] }
interface Row { organisation: string; rank: number; gold: number; silver: number; bronze: number; total: number }
interface Correction { number: number; event?: string; reason?: string }

/** Asks for the proof of a unit's newest version and verifies it here: the server's word is not taken. */
function Badge(properties: { unit: Unit }) {
  const [said, setSaid] = createSignal<{ good: boolean; words: string } | null>(null);
  const verify = async (): Promise<void> => {
    const [key, proof] = await Promise.all([get<{ key: string }>('/v1/log/key'), get<unknown>(`/v1/log/proofs/${properties.unit.offset}`)]);
    if (!key.ok || !proof.ok) return void setSaid({ good: false, words: t('notVerified', key.ok ? (proof.ok ? '' : proof.problem.detail) : key.problem.detail) });
    const outcome = await verifyFact(proof.value, key.value.key);
    setSaid(outcome.holds
      ? { good: true, words: t('verified', number(outcome.index + 1), number(outcome.size)) }
      : { good: false, words: t('notVerified', outcome.reason) });
  };
  return (
    <div class="row">
      <button onClick={verify}>{t('verify')}</button>
      <span role="status" class={said()?.good ? 'good' : 'bad'}>{said()?.words}</span>
    </div>
  );
}

function Medals(properties: { edition: string; from: number }) {
  const [at, setAt] = createSignal(1000);
  const now = Date.now();
  const moments = (): string => new Date(properties.from + ((now - properties.from) * at()) / 1000).toISOString();
  const table = poll<Items<Row>>(() => {
    const base = `/v1/results/medals/${part(properties.edition)}` as const;
    return at() >= 1000 ? base : `${base}?known_at=${moments()}`;
  }, 1000);
  const label = (): string => (at() >= 1000 ? t('today') : t('asKnown', moment(moments())));
  return (
    <section class="panel">
      <h2>{t('medals')}</h2>
      <label>{label()}<input type="range" min="0" max="1000" value={at()} aria-valuetext={label()} onInput={(event) => { setAt(Number(event.currentTarget.value)); void table.again(); }} /></label>
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

function Corrections() {
  const waiting = poll<Items<Correction>>(() => '/v1/results/corrections', 2000);
  const [reason, setReason] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const decide = async (id: number, what: 'approve' | 'drop'): Promise<void> => {
    const answer = await post(`/v1/results/corrections/${String(id)}/${what}`, { reason: reason() });
    setProblem(answer.ok ? null : answer.problem);
    await waiting.again();
  };
  return (
    <section class="panel stack">
      <h2>{t('corrections')}</h2>
      <ul class="list"><For each={waiting.value()?.items} fallback={<li class="empty">{t('noCorrections')}</li>}>{(one) => (
        <li>
          <span class="outside">{brief(one.event)} {brief(one.reason)}</span>
          <span class="row"><button class="main" onClick={() => decide(one.number, 'approve')}>{t('approve')}</button><button onClick={() => decide(one.number, 'drop')}>{t('drop')}</button></span>
        </li>
      )}</For></ul>
      <Show when={waiting.value()?.items.length}><label>{t('reason')}<input value={reason()} onInput={(event) => setReason(event.currentTarget.value)} /></label></Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}

export default function Results() {
  const units = poll<Items<Unit>>(() => '/v1/results/units', 2000);
  const chosen = createMemo(() => place()[1] || units.value()?.items[0]?.unit);
  const unit = poll<Unit>(() => (chosen() ? `/v1/results/units/${part(chosen()!)}` : null));
  const edition = createMemo(() => session()?.edition || units.value()?.items[0]?.edition);
  // The slider begins a minute before the oldest result that is known.
  const from = createMemo(() => Math.min(Date.now(), ...(units.value()?.items ?? []).map((one) => Date.parse(one.known_at))) - 60_000);
  return (
    <>
      <div class="head"><h1>{t('results')}</h1></div>
      <Show when={units.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={units.value() && !units.value()!.items.length}><p class="empty">{t('noUnits')}</p></Show>
      <div class="columns">
        <div class="stack">
          <Show when={unit.value()}>{(it) => <section class="panel stack"><Score unit={it()} /><Badge unit={it()} /></section>}</Show>
          <Show when={unit.problem()}>{(it) => <Refused problem={it()} />}</Show>
          <section class="panel"><h2>{t('units')}</h2>
            <ul class="list"><For each={units.value()?.items}>{(one) => (
              <li><a class="outside" href={link('results', one.unit)} aria-current={one.unit === chosen() ? 'true' : undefined}>{brief(one.name || one.unit)}</a><span class="tag">{brief(one.status, 20)}</span></li>
            )}</For></ul>
          </section>
        </div>
        <div class="stack">
          <Show when={edition() && units.value()}><Medals edition={edition()!} from={from()} /></Show>
          <Show when={may('results:correct')}><Corrections /></Show>
        </div>
      </div>
    </>
  );
}
