// What waits for a second person: corrections of medals that somebody proposed, and results that a gate holds back.
import { createResource, createSignal, For, Index, Show } from 'solid-js';
import { get, part, post, type Answer, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { session } from '../session.ts';
import { brief, moment, number, t } from '../text.ts';
import type { Texts } from '../texts/en.ts';
import { Refused } from './refused.tsx';

interface Items<T> { items: T[] }
interface Award { medal: string; status?: string; competitor?: string; organisation?: string; name?: string }
interface AwardList { edition: string; discipline: string; event: string; unit?: string; valid_from: string; awards: Award[]; reason?: string; official?: boolean }
interface Correction extends AwardList { correction: number; proposed_by: string; proposed_at: string }
interface Held { held: number; kind: string; edition: string; topic: string; version: number; sender: string; held_at?: string; doubts: { name: string; detail: string }[] }

const kRefreshMs = 2000;
const kStatuses = ['held', 'provisional', 'pending', 'vacant', 'withdrawn'] as const;
const kMedals = ['gold', 'silver', 'bronze'] as const;
const statusText = (status: string | undefined): string => t(`award_${kStatuses.find((one) => one === status) ?? 'held'}` as keyof Texts);
const awardText = ({ medal, name, organisation, status }: Award): string =>
  `${kMedals.some((one) => one === medal) ? t(medal as keyof Texts) : medal}: ${[name, organisation].filter(Boolean).join(', ')}${status && status !== 'held' ? ` (${statusText(status)})` : ''}`;

/** One thing that waits, with the reason that whoever decides must give. */
function Waiting(properties: { title: string; by: string; at: string; details: string[]; yes: string; no: string; decide: (isYes: boolean, reason: string) => Promise<Answer<unknown>>; done: () => void }) {
  const [reason, setReason] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const decide = async (isYes: boolean): Promise<void> => {
    const answer = await properties.decide(isYes, reason());
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) properties.done();
  };
  const isOwn = (): boolean => properties.by === session()?.key;
  return (
    <li class="waiting" aria-label={properties.title}>
      <strong class="outside">{brief(properties.title)}</strong>
      <ul class="plain outside"><For each={properties.details}>{(one) => <li>{brief(one, 300)}</li>}</For></ul>
      <p class="small soft outside">{t('proposedBy', brief(properties.by, 60), properties.at)}</p>
      <Show when={isOwn()}><p class="small soft">{t('ownProposal')}</p></Show>
      <form class="row" onSubmit={(event) => { event.preventDefault(); void decide(true); }}>
        <label>{t('reason')}<input required maxlength="1000" value={reason()} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button class="main" type="submit">{properties.yes}</button>
        <button type="button" disabled={!reason()} onClick={() => decide(false)}>{properties.no}</button>
      </form>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </li>
  );
}

/** How people call units, by their codes. */
type Names = (unit: string | undefined) => string | undefined;
const eventText = (list: AwardList, names: Names): string => names(list.unit) ?? `${list.discipline} · ${list.event}`;

/** Changes the medals of one event, with a reason: as a proposal. */
function Proposal(properties: { edition: string; names: Names; done: () => void }) {
  const [lists] = createResource(() => properties.edition, async (edition) => {
    const answer = await get<Items<AwardList>>(`/v1/results/medals/${part(edition)}/holders`);
    return answer.ok ? answer.value.items : [];
  });
  const [at, setAt] = createSignal(0);
  const [changed, setChanged] = createSignal<Record<number, Partial<Award>>>({});
  const [reason, setReason] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const list = (): AwardList | undefined => lists()?.[at()];
  const awards = (): Award[] => (list()?.awards ?? []).map((award, place) => ({ ...award, ...changed()[place] }));
  const change = (place: number, part: Partial<Award>): void => { setChanged({ ...changed(), [place]: { ...changed()[place], ...part } }); };
  const propose = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { edition, discipline, event: name, unit, valid_from } = list()!;
    const answer = await post('/v1/results/corrections', { edition, discipline, event: name, ...(unit ? { unit } : {}), valid_from, official: true, awards: awards(), reason: reason() });
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) { setChanged({}); setReason(''); properties.done(); }
  };
  return (
    <form class="stack" onSubmit={propose}>
      <label>{t('event')}<select onChange={(event) => { setAt(event.currentTarget.selectedIndex); setChanged({}); }}>
        <For each={lists()}>{(one) => <option>{brief(eventText(one, properties.names), 80)}</option>}</For>
      </select></label>
      <Index each={awards()}>{(award, place) => (
        <div class="row">
          <label>{t('medal')}<select value={award().medal} onChange={(event) => change(place, { medal: event.currentTarget.value })}><For each={kMedals}>{(one) => <option value={one}>{t(one)}</option>}</For></select></label>
          <span class="outside grow">{brief([award().name, award().organisation].filter(Boolean).join(', ') || award().competitor, 60)}</span>
          <label>{t('state')}<select value={award().status ?? 'held'} onChange={(event) => change(place, { status: event.currentTarget.value })}><For each={kStatuses}>{(one) => <option value={one}>{statusText(one)}</option>}</For></select></label>
        </div>
      )}</Index>
      <label>{t('reason')}<input required maxlength="1000" value={reason()} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <div><button type="submit" disabled={!list()}>{t('propose')}</button></div>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </form>
  );
}

export function Corrections(properties: { edition: string; names: Names; changed: () => void }) {
  const corrections = poll<Items<Correction>>(() => '/v1/results/corrections', kRefreshMs);
  const held = poll<Items<Held>>(() => '/v1/results/held', kRefreshMs);
  const done = (): void => { void corrections.again(); void held.again(); properties.changed(); };
  const isNone = (): boolean => !corrections.value()?.items.length && !held.value()?.items.length;
  return (
    <section class="panel stack" aria-label={t('corrections')}>
      <h2>{t('corrections')}</h2>
      <Show when={isNone()}><p class="empty">{t('noCorrections')}</p></Show>
      <ul class="plain stack">
        <Index each={corrections.value()?.items}>{(one) => (
          <Waiting title={eventText(one(), properties.names)} by={one().proposed_by} at={moment(one().proposed_at)} details={[...one().awards.map(awardText), ...(one().reason ? [`“${one().reason}”`] : [])]}
            yes={t('approve')} no={t('drop')} done={done}
            decide={(isYes, reason) => (isYes ? post(`/v1/results/corrections/${String(one().correction)}/approve`, { reason }) : post(`/v1/results/corrections/${String(one().correction)}/drop`, { reason }))} />
        )}</Index>
        <Index each={held.value()?.items}>{(one) => (
          <Waiting title={one().kind === 'medals' ? one().edition : t('heldVersion', properties.names(one().topic) ?? one().topic, number(one().version))} by={one().sender} at={moment(one().held_at ?? '')} details={one().doubts.map((doubt) => doubt.detail)}
            yes={t('release')} no={t('discard')} done={done}
            decide={(isYes, reason) => (isYes ? post(`/v1/results/held/${String(one().held)}/release`, { reason }) : post(`/v1/results/held/${String(one().held)}/discard`, { reason }))} />
        )}</Index>
      </ul>
      <details><summary>{t('proposeCorrection')}</summary><Proposal edition={properties.edition} names={properties.names} done={done} /></details>
    </section>
  );
}
