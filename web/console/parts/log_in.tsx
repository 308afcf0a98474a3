// Asks for an API key.
import { createSignal, Show } from 'solid-js';
import type { Problem } from '../data/client.ts';
import { logIn } from '../session.ts';
import { t } from '../text.ts';
import { Refused } from './refused.tsx';

export function LogIn() {
  const [key, setKey] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const enter = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setProblem(await logIn(key().trim()));
  };
  return (
    <main class="login">
      <h1>Altis</h1>
      <p class="soft">{t('logInHint')}</p>
      <form onSubmit={enter}>
        <label>{t('apiKey')}<input type="password" autocomplete="off" spellcheck={false} required autofocus value={key()} onInput={(event) => setKey(event.currentTarget.value)} /></label>
        <button class="main" type="submit">{t('logIn')}</button>
      </form>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </main>
  );
}
