// The identifiers that are one fan, and the links between them: drawn, listed, made and taken back.
import { createMemo, createSignal, For, Show } from 'solid-js';
import { part, post, type Problem } from '../data/client.ts';
import { brief, moment, number, percent, t } from '../text.ts';
import { Refused } from './refused.tsx';

interface Subject { subject: number; user_id: string; events: number }
interface Link { from: number; to: number; kind: string; since: string; confidence_ppm: number; holds: boolean; cut: boolean }
export interface Identity { subjects: Subject[]; links: Link[] }

const kRadius = 90;
const kMiddle = 120;
const kMostDrawn = 24;

const nameOf = (one: Subject): string => one.user_id || t('deviceNumber', one.subject);

function Graph(properties: { identity: Identity }) {
  const nodes = createMemo(() => properties.identity.subjects.slice(0, kMostDrawn).map((subject, at, all) => {
    const angle = (2 * Math.PI * at) / all.length - Math.PI / 2;
    const radius = all.length === 1 ? 0 : kRadius;
    return { subject, x: 220 + 1.5 * radius * Math.cos(angle), y: kMiddle + radius * Math.sin(angle) };
  }));
  const place = (subject: number) => nodes().find((one) => one.subject.subject === subject);
  return (
    <svg class="graph" aria-hidden="true" viewBox={nodes().length > 1 ? '0 0 440 250' : '0 90 440 70'}>
      <For each={properties.identity.links}>{(one) => (
        <Show when={place(one.from)}>{(from) => <Show when={place(one.to)}>{(to) =>
          <line classList={{ cut: !one.holds }} x1={from().x} y1={from().y} x2={to().x} y2={to().y} />}</Show>}</Show>
      )}</For>
      <For each={nodes()}>{(one) => <>
        <circle classList={{ user: Boolean(one.subject.user_id) }} cx={one.x} cy={one.y} r="9" />
        <text x={one.x} y={one.y < kMiddle ? one.y - 16 : one.y + 24} text-anchor="middle">{brief(nameOf(one.subject), 24)}</text>
      </>}</For>
    </svg>
  );
}

export function IdentityGraph(properties: { user: string; identity: Identity; changed: () => void }) {
  const [identifier, setIdentifier] = createSignal('');
  const [kind, setKind] = createSignal('anonymous');
  const [reason, setReason] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const [said, setSaid] = createSignal('');
  const change = async (what: 'link' | 'unlink'): Promise<void> => {
    const told = await post(`/v1/fans/${part(properties.user)}/${what}`, { identifier: identifier().trim(), kind: kind(), reason: reason() });
    setProblem(told.ok ? null : told.problem);
    setSaid(told.ok ? t(what === 'link' ? 'linked' : 'unlinked', brief(identifier(), 60)) : '');
    if (told.ok) properties.changed();
  };
  const subject = (number: number): string => {
    const found = properties.identity.subjects.find((one) => one.subject === number);
    return found ? nameOf(found) : t('otherFan', number);
  };
  const isReady = (): boolean => Boolean(identifier().trim() && reason().trim());
  return (
    <section class="panel stack"><h2>{t('identity')}</h2>
      <Graph identity={properties.identity} />
      <ul class="list">
        <For each={properties.identity.subjects}>{(one) => <li><span class="outside">{brief(nameOf(one), 60)}</span><span class="small soft">{t('eventsOf', number(one.events))}</span></li>}</For>
        <For each={properties.identity.links}>{(one) => (
          <li><span class="outside">{brief(subject(one.from), 40)} – {brief(subject(one.to), 40)}</span>
            <span class="small soft">{one.kind} · {percent(one.confidence_ppm / 1e6, 2)} · {moment(one.since)} <Show when={one.cut}><span class="tag bad">{t('takenBack')}</span></Show></span></li>
        )}</For>
      </ul>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <label>{t('otherIdentifier')}<input autocomplete="off" spellcheck={false} value={identifier()} onInput={(event) => setIdentifier(event.currentTarget.value)} /></label>
        <label>{t('kindOfIdentifier')}<select value={kind()} onChange={(event) => setKind(event.currentTarget.value)}><option value="anonymous">{t('device')}</option><option value="user">{t('userId')}</option></select></label>
        <label>{t('reason')}<input maxlength="500" value={reason()} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button disabled={!isReady()} onClick={() => change('link')}>{t('merge')}</button>
        <button disabled={!isReady()} onClick={() => change('unlink')}>{t('unmerge')}</button>
      </form>
      <p class="small soft">{t('unmergeHint')}</p>
      <p role="status" class="good">{said()}</p>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}
