// The decision letter: why a fan got a message, or why not; by the message, or by fan and event.
import { createSignal, For, Show } from 'solid-js';
import { get, part, type Problem } from '../data/client.ts';
import { brief, moment, t } from '../text.ts';
import { Refused } from './refused.tsx';

interface Explained { message: string; text: string; language: string; sent: string; opened: string | null; rule: string; cohort: string; followed: string; fact: string; version: number; kind: string; handling: string; facts?: { name: string; text: string }[] }
interface Letter { words: string; held: boolean; messages: Explained[] }

const followed = (it: Explained): string => it.facts?.find((fact) => fact.name === 'athlete')?.text ?? it.followed;

function Words(properties: { it: Explained }) {
  return (
    <div class="stack">
      <p class="outside" lang={properties.it.language} dir="auto">{brief(properties.it.text, 400)}</p>
      <p>{t('letterWords', brief(followed(properties.it)), brief(properties.it.cohort), brief(properties.it.rule), brief(properties.it.fact, 80), properties.it.version)}</p>
      <p class="small soft">{moment(properties.it.sent)} · {properties.it.handling} · {properties.it.opened ? t('openedAt', moment(properties.it.opened)) : t('notOpened')}</p>
    </div>
  );
}

export function LetterDesk(properties: { units: { edition: string; unit: string; name: string }[] }) {
  const [id, setId] = createSignal('');
  const [user, setUser] = createSignal('');
  const [trigger, setTrigger] = createSignal('');
  const [letter, setLetter] = createSignal<Letter | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const about = (): string => trigger() || (properties.units[0] ? `${properties.units[0].edition}/${properties.units[0].unit}` : '');
  const byMessage = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const told = await get<Explained>(`/v1/messages/${part(id().trim())}`);
    setLetter(told.ok ? { words: '', held: false, messages: [told.value] } : null);
    setProblem(told.ok ? null : told.problem);
  };
  const byFan = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const told = await get<Letter>(`/v1/fans/${part(user().trim())}/message-letter?trigger=results/${about()}`);
    setLetter(told.ok ? told.value : null);
    setProblem(told.ok ? null : told.problem);
  };
  return (
    <section class="panel stack">
      <h2>{t('letterTitle')}</h2>
      <form class="row" onSubmit={byFan}>
        <label>{t('userId')}<input autocomplete="off" required value={user()} onInput={(event) => setUser(event.currentTarget.value)} /></label>
        <label>{t('units')}<select value={about()} onChange={(event) => setTrigger(event.currentTarget.value)}>
          <For each={properties.units}>{(one) => <option value={`${one.edition}/${one.unit}`}>{brief(one.name || one.unit, 60)}</option>}</For>
        </select></label>
        <button>{t('askWhy')}</button>
      </form>
      <form class="row" onSubmit={byMessage}>
        <label>{t('messageId')}<input class="mono" autocomplete="off" required value={id()} onInput={(event) => setId(event.currentTarget.value)} /></label>
        <button>{t('askWhy')}</button>
      </form>
      <div role="status" class="stack">
        <Show when={letter()}>{(it) => <>
          <Show when={it().words}><p class="sentence" lang="en">{it().words}</p></Show>
          <For each={it().messages}>{(one) => <Words it={one} />}</For>
        </>}</Show>
      </div>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}
