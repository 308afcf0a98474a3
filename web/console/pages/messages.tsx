// Messages: what one would say in every language before it leaves, how the newest ones go, and why a fan got one.
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js';
import { post, part, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { LetterDesk } from '../parts/letter.tsx';
import { languageName, Previews, type Preview } from '../parts/preview.tsx';
import { Refused } from '../parts/refused.tsx';
import { nameOf } from '../feed/rows.ts';
import type { Unit } from '../parts/score.tsx';
import { go, place } from '../router.ts';
import { may } from '../session.ts';
import { brief, language, moment, number, t } from '../text.ts';

interface Styles { languages: string[]; stories: { id: string; styles: { cohort: string; tone: string; channel: string }[] }[] }
export interface Plan { id: string; unit: string; competitor: string; cohort: string; kind: string; planned: string; state: 'pending' | 'told' | 'superseded'; sent: number; unsent: Record<string, number>; text: string }

const kTypingMs = 200;

function Choice(properties: { name: string; value: string; from: string[]; set: (value: string) => void }) {
  return (
    <label>{properties.name}<select value={properties.value} onChange={(event) => properties.set(event.currentTarget.value)}>
      <For each={properties.from}>{(one) => <option value={one}>{one}</option>}</For>
    </select></label>
  );
}

function Composer(properties: { units: Unit[]; styles: Styles }) {
  const unitCode = createMemo(() => place()[1] || properties.units[0]?.unit || '');
  const unit = poll<Unit>(() => (unitCode() ? `/v1/results/units/${part(unitCode())}` : null), 5000);
  createEffect(() => { unitCode(); void unit.again(); });
  const lines = createMemo(() => (unit.value()?.lines ?? []).filter((line) => line.rank && !line.irm));
  const competitor = createMemo(() => place()[2] || lines()[0]?.competitor || '');
  const edition = (): string => properties.units.find((one) => one.unit === unitCode())?.edition ?? '';
  const [cohort, setCohort] = createSignal('everyone');
  const [tone, setTone] = createSignal('plain');
  const [channel, setChannel] = createSignal('any');
  const [tried, setTried] = createSignal('en');
  const [pattern, setPattern] = createSignal('');
  const [preview, setPreview] = createSignal<Preview | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const of = (what: 'cohort' | 'tone' | 'channel'): string[] =>
    [...new Set(properties.styles.stories.flatMap((story) => story.styles.map((style) => style[what])))].sort();
  const wanted = createMemo(() => ({ unit: unitCode(), competitor: competitor(), cohort: cohort(), tone: tone(), channel: channel(), language: tried(), pattern: pattern() }));

  createEffect(() => {
    const asked = wanted();
    if (!asked.unit || !asked.competitor) return;
    const timer = setTimeout(async () => {
      const told = await post<Preview>(`/v1/messages/previews?edition=${part(edition())}`, asked);
      if (asked !== wanted()) return;
      if (told.ok) setPreview(told.value);
      setProblem(told.ok ? null : told.problem);
    }, kTypingMs);
    onCleanup(() => clearTimeout(timer));
  });
  const reviewed = (): string => preview()?.texts.find((one) => one.language === tried())?.pattern ?? '';
  return (
    <div class="columns uneven">
      <section class="panel stack"><h2>{t('composer')}</h2>
        <label>{t('units')}<select value={unitCode()} onChange={(event) => go('messages', event.currentTarget.value)}>
          <For each={properties.units}>{(one) => <option value={one.unit}>{brief(one.name || one.unit, 80)}</option>}</For>
        </select></label>
        <label>{t('competitor')}<select value={competitor()} onChange={(event) => go('messages', unitCode(), event.currentTarget.value)}>
          <For each={lines()}>{(line) => <option value={line.competitor}>{number(line.rank ?? 0)}. {brief(nameOf(line), 60)}</option>}</For>
        </select></label>
        <div class="row">
          <Choice name={t('cohort')} value={cohort()} from={of('cohort')} set={setCohort} />
          <Choice name={t('tone')} value={tone()} from={of('tone')} set={setTone} />
          <Choice name={t('channel')} value={channel()} from={of('channel')} set={setChannel} />
        </div>
        <label>{t('tryIn')}<select value={tried()} onChange={(event) => setTried(event.currentTarget.value)}>
          <For each={properties.styles.languages}>{(code) => <option value={code}>{languageName(code)}</option>}</For>
        </select></label>
        <label>{t('ownPattern')}<textarea class="mono" rows="5" maxlength="4000" dir="auto" spellcheck={false} value={pattern()} placeholder={reviewed()} onInput={(event) => setPattern(event.currentTarget.value)} /></label>
        <div class="row">
          <button type="button" disabled={!reviewed() || pattern() !== ''} onClick={() => setPattern(reviewed())}>{t('startFromReviewed')}</button>
          <button type="button" class="quiet" disabled={!pattern()} onClick={() => setPattern('')}>{t('backToReviewed')}</button>
        </div>
        <p class="small soft">{t('patternHint')}</p>
        <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
      </section>
      <Show when={preview()}>{(it) => <Previews preview={it()} />}</Show>
    </div>
  );
}

function Sends() {
  const plans = poll<{ items: Plan[] }>(() => `/v1/messages/plans?language=${language()}`);
  const reasons = (plan: Plan): string => Object.entries(plan.unsent).map(([reason, people]) => `${reason} ${number(people)}`).join(', ');
  return (
    <section class="panel"><h2>{t('liveSends')}</h2>
      <Show when={plans.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <div class="scroll" tabindex="0" role="region" aria-label={t('liveSends')}>
        <table>
          <thead><tr><th>{t('message')}</th><th>{t('cohort')}</th><th>{t('state')}</th><th class="number">{t('sent')}</th><th>{t('unsent')}</th></tr></thead>
          <tbody><For each={plans.value()?.items.slice(0, 30)} fallback={<tr><td colspan="5" class="empty">{t('noPlans')}</td></tr>}>{(plan) => (
            <tr>
              <td class="outside" dir="auto">{brief(plan.text, 160)}<div class="small soft">{plan.kind} · {moment(plan.planned)}</div></td>
              <td class="outside">{brief(plan.cohort, 40)}</td>
              <td><span class="tag" classList={{ good: plan.state === 'told' }}>{t(plan.state)}</span></td>
              <td class="number">{number(plan.sent)}</td>
              <td class="small soft">{reasons(plan)}</td>
            </tr>
          )}</For></tbody>
        </table>
      </div>
    </section>
  );
}

export default function Messages() {
  const units = poll<{ items: Unit[] }>(() => (may('results') ? '/v1/results/units' : null), 5000);
  const styles = poll<Styles>(() => '/v1/messages/styles', 0);
  const official = createMemo(() => (units.value()?.items ?? []).filter((one) => one.status === 'OFFICIAL'), undefined, { equals: (a, b) => a.map((one) => one.unit).join() === b.map((one) => one.unit).join() });
  return (
    <>
      <div class="head"><h1>{t('messages')}</h1></div>
      <Show when={units.problem() ?? styles.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={!may('results')}><p class="empty">{t('noScope', 'results')}</p></Show>
      <Show when={units.value() && !official().length}><p class="empty">{t('noOfficial')}</p></Show>
      <Show when={official().length ? styles.value() : undefined}>{(it) => <Composer units={official()} styles={it()} />}</Show>
      <Sends />
      <Show when={may('fans')}><LetterDesk units={official()} /></Show>
    </>
  );
}
