// One fan: what is known and why, the access export, and erasure with its receipt.
import { createSignal, For, Show } from 'solid-js';
import { get, part, remove, type Problem } from '../data/client.ts';
import { Refused } from '../parts/refused.tsx';
import { go, place } from '../router.ts';
import { brief, t } from '../text.ts';

type Profile = Record<string, unknown>;

/** A value as text; what is inside of it as JSON. */
const shown = (value: unknown): string => (typeof value === 'object' && value ? JSON.stringify(value, null, 1) : String(value));

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
  const [found, setFound] = createSignal<{ user: string; profile: Profile } | null>(null);
  const [copy, setCopy] = createSignal<unknown>();
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const find = async (): Promise<void> => {
    const user = typed().trim();
    if (!user) return;
    const answer = await get<Profile>(`/v1/fans/${part(user)}`);
    setCopy(undefined);
    setFound(answer.ok ? { user, profile: answer.value } : null);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) go('fans', user);
  };
  const exportAll = async (user: string): Promise<void> => {
    const answer = await get<unknown>(`/v1/fans/${part(user)}/export`);
    if (answer.ok) setCopy(answer.value);
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <>
      <div class="head"><h1>{t('fans')}</h1></div>
      <form class="row" onSubmit={(event) => { event.preventDefault(); void find(); }}>
        <label>{t('userId')}<input autocomplete="off" spellcheck={false} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} /></label>
        <button class="main">{t('find')}</button>
      </form>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={found()} fallback={<p class="empty">{t('fanHint')}</p>} keyed>{(it) => (
        <div class="columns">
          <section class="panel"><h2 class="outside">{brief(it.user)}</h2>
            <table><tbody><For each={Object.entries(it.profile)}>{([name, value]) => <tr><th scope="row">{name}</th><td><pre tabindex="0">{brief(shown(value), 4000)}</pre></td></tr>}</For></tbody></table>
          </section>
          <div class="stack">
            <section class="panel stack"><h2>{t('export')}</h2>
              <button onClick={() => exportAll(it.user)}>{t('export')}</button>
              <Show when={copy() !== undefined}><pre tabindex="0">{typeof copy() === 'string' ? String(copy()) : JSON.stringify(copy(), null, 1)}</pre></Show>
            </section>
            <Erasure user={it.user} />
          </div>
        </div>
      )}</Show>
    </>
  );
}
