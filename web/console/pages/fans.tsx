// One fan: what is known and why, who the fan is, consent, the access export, the own page, and erasure with its receipt.
import { createMemo, createSignal, For, onMount, Show } from 'solid-js';
import { get, part, post, remove, type Problem } from '../data/client.ts';
import { download } from '../parts/download.ts';
import { IdentityGraph, type Identity } from '../parts/identity.tsx';
import { Refused } from '../parts/refused.tsx';
import { go, place } from '../router.ts';
import { brief, moment, number, t } from '../text.ts';
import { named } from '../words.ts';

interface Segment { id: string; member: boolean; why: { rule?: string } | null }
interface Fan {
  profile: Record<string, unknown>; identity: Identity; segments: Segment[]; consents: { edition: string; purpose: string }[];
  message_preferences: Record<string, unknown>; made_by?: Record<string, { events: number; newest: { offset: number; time: string }[] }>;
}

/** A value as text: lists in a line, members in lines of their own. */
const inLine = (value: unknown): string => (typeof value === 'object' && value ? JSON.stringify(value) : String(value));
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(inLine).join(', ');
  return typeof value === 'object' && value ? Object.entries(value).map(([name, one]) => `${name}: ${inLine(one)}`).join('\n') : String(value);
};
const isThere = (value: unknown): boolean => value !== '' && value !== null && !(typeof value === 'object' && Object.keys(value as object).length === 0);

function Profile(properties: { user: string; fan: Fan; withEvents: () => void }) {
  const rows = createMemo(() => Object.entries(properties.fan.profile).filter(([, value]) => isThere(value)));
  return (
    <section class="panel stack"><h2 class="outside">{brief(properties.user)}</h2>
      <table><tbody><For each={rows()}>{([name, value]) => <tr><th scope="row">{named('value', name)}</th><td><pre tabindex="0">{brief(shown(value), 4000)}</pre></td></tr>}</For></tbody></table>
      <Show when={properties.fan.made_by} fallback={<div><button onClick={properties.withEvents}>{t('whichEvents')}</button></div>}>{(made) => (
        <table><thead><tr><th>{t('value')}</th><th class="number">{t('events')}</th><th>{t('newest')}</th></tr></thead>
          <tbody><For each={Object.entries(made())}>{([name, one]) => <tr><th scope="row" class="mono outside">{brief(name, 60)}</th><td class="number">{number(one.events)}</td><td class="small soft">{one.newest[0] ? `${moment(one.newest[0].time)} · ${t('record')} ${number(one.newest[0].offset)}` : ''}</td></tr>}</For></tbody></table>
      )}</Show>
    </section>
  );
}

function Memberships(properties: { segments: Segment[] }) {
  const mine = createMemo(() => properties.segments.filter((one) => one.member));
  return (
    <section class="panel"><h2>{t('cohorts')}</h2>
      <ul class="list"><For each={mine()} fallback={<li class="empty">{t('inNoSegment')}</li>}>{(one) => (
        <li><span class="outside">{brief(one.id, 60)}</span><code class="small outside">{brief(one.why?.rule, 300)}</code></li>
      )}</For></ul>
      <details><summary>{t('whyInFull')}</summary><pre tabindex="0">{brief(JSON.stringify(properties.segments, null, 1), 20_000)}</pre></details>
    </section>
  );
}

function Consent(properties: { fan: Fan }) {
  return (
    <section class="panel"><h2>{t('consent')}</h2>
      <ul class="list"><For each={properties.fan.consents} fallback={<li class="empty">{t('noConsent')}</li>}>{(one) => (
        <li><span>{named('purpose', one.purpose)}</span><span class="tag good">{t('given')}</span><span class="soft outside">{brief(one.edition, 40)}</span></li>
      )}</For></ul>
      <details><summary>{t('preferences')}</summary><pre tabindex="0">{JSON.stringify(properties.fan.message_preferences, null, 1)}</pre></details>
    </section>
  );
}

function Access(properties: { user: string }) {
  const [link, setLink] = createSignal('');
  const [said, setSaid] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const save = async (format: 'json' | 'html'): Promise<void> => {
    const told = await get<unknown>(`/v1/fans/${part(properties.user)}/export?format=${format}`);
    setProblem(told.ok ? null : told.problem);
    if (!told.ok) return;
    const text = typeof told.value === 'string' ? told.value : JSON.stringify(told.value, null, 1);
    download(`fan-data.${format}`, format === 'html' ? 'text/html' : 'application/json', text);
    setSaid(t('saved', number(text.length)));
  };
  const makeLink = async (): Promise<void> => {
    const told = await post<{ path: string }>(`/v1/fans/${part(properties.user)}/page-link`, { minutes: 15 });
    setProblem(told.ok ? null : told.problem);
    if (told.ok) { setLink(told.value.path); setSaid(''); }
  };
  const endLinks = async (): Promise<void> => {
    const told = await remove<unknown>(`/v1/fans/${part(properties.user)}/page-link`);
    setProblem(told.ok ? null : told.problem);
    if (told.ok) { setLink(''); setSaid(t('ownPageLinksEnded')); }
  };
  return (
    <section class="panel stack"><h2>{t('export')}</h2>
      <div class="row"><button onClick={() => save('json')}>{t('saveAs', 'JSON')}</button><button onClick={() => save('html')}>{t('saveAs', 'HTML')}</button><button onClick={makeLink}>{t('ownPage')}</button><button onClick={endLinks}>{t('endOwnPageLinks')}</button></div>
      <p role="status" class="small soft">{said()}</p>
      <Show when={link()}><p class="outside"><a href={link()} target="_blank" rel="noreferrer">{t('ownPageLink')}</a> <span class="small soft">{t('ownPageHint')}</span></p></Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}

function Erasure(properties: { user: string }) {
  const [again, setAgain] = createSignal('');
  const [receipt, setReceipt] = createSignal<unknown>();
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const erase = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const answer = await remove<unknown>(`/v1/fans/${part(properties.user)}`);
    if (answer.ok) setReceipt(answer.value);
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <section class="panel stack">
      <h2>{t('erase')}</h2>
      <Show when={receipt() === undefined} fallback={<><p class="good" role="status">{t('erased')}</p><pre tabindex="0">{JSON.stringify(receipt(), null, 2)}</pre></>}>
        <form class="row" onSubmit={erase}>
          <label>{t('eraseSure')}<input autocomplete="off" value={again()} onInput={(event) => setAgain(event.currentTarget.value)} /></label>
          <button disabled={again() !== properties.user}>{t('erase')}</button>
        </form>
      </Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}

export default function Fans() {
  const [typed, setTyped] = createSignal(place()[1] ?? '');
  const [user, setUser] = createSignal('');
  const [fan, setFan] = createSignal<Fan | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const load = async (wanted: string, query: '' | '?events=1' = ''): Promise<void> => {
    const answer = await get<Fan>(`/v1/fans/${part(wanted)}${query}`);
    setUser(answer.ok ? wanted : '');
    setFan(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) go('fans', wanted);
  };
  const find = (): void => { if (typed().trim()) void load(typed().trim()); };
  onMount(find);
  return (
    <>
      <div class="head"><h1>{t('fans')}</h1></div>
      <form class="row" onSubmit={(event) => { event.preventDefault(); find(); }}>
        <label>{t('userId')}<input autocomplete="off" spellcheck={false} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} /></label>
        <button class="main">{t('find')}</button>
      </form>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={user()} fallback={<p class="empty">{t('fanHint')}</p>} keyed>{(it) => (
        <div class="columns">
          <div class="stack">
            <Show when={fan()}>{(one) => <Profile user={it} fan={one()} withEvents={() => void load(it, '?events=1')} />}</Show>
          </div>
          <div class="stack">
            <Show when={fan()}>{(one) => <>
              <IdentityGraph user={it} identity={one().identity} changed={() => void load(it)} />
              <Memberships segments={one().segments} />
              <Consent fan={one()} />
            </>}</Show>
            <Access user={it} />
            <Erasure user={it} />
          </div>
        </div>
      )}</Show>
    </>
  );
}
