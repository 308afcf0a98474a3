// The frame: side bar, the page of the place, and the command palette.
import { createEffect, createMemo, createSignal, For, onCleanup, Show, Suspense } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { LogIn } from './parts/log_in.tsx';
import { Palette } from './parts/palette.tsx';
import { pages, type Page } from './pages.ts';
import { go, link, place } from './router.ts';
import { logOut, may, session } from './session.ts';
import { chooseLanguage, language, languages, t } from './text.ts';

function chooseTheme(theme: string): void {
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem('theme', theme);
}

export function flipTheme(): void {
  chooseTheme(document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light');
}

const isWriting = (at: EventTarget | null): boolean =>
  at instanceof HTMLElement && at.matches('input, select, textarea, dialog *');

export function Console() {
  chooseTheme(localStorage.getItem('theme') ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'));
  const [palette, setPalette] = createSignal(false);
  const shown = createMemo(() => pages.filter((page) => !page.scope || may(page.scope)));
  const current = createMemo<Page>(() => shown().find((page) => page.name === place()[0]) ?? pages[0]!);
  createEffect(() => { document.title = `${t(current().name)} · Altis`; });

  const onKey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      setPalette(true);
    } else if (!isWriting(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const page = shown()[Number(event.key) - 1];
      if (page) go(page.name);
      if (event.key === '/') { event.preventDefault(); setPalette(true); }
    }
  };
  window.addEventListener('keydown', onKey);
  onCleanup(() => window.removeEventListener('keydown', onKey));

  return (
    <Show when={session()} fallback={<LogIn />}>
      {(who) => (
        <div class="frame">
          <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById('content')?.focus(); }}>{t('skip')}</a>
          <header class="side">
            <div class="brand"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1 15 15H1Z" /></svg>Altis</div>
            <nav aria-label="Altis">
              <For each={shown()}>{(page, at) => (
                <a href={link(page.name)} aria-current={page === current() ? 'page' : undefined}>
                  {t(page.name)}<kbd aria-hidden="true">{at() + 1}</kbd>
                </a>
              )}</For>
            </nav>
            <div class="who">
              <span class="outside">{who().organisation} · {who().key}</span>
              <button class="quiet" onClick={() => setPalette(true)}>{t('palette')} <kbd>/</kbd></button>
              <button class="quiet" onClick={flipTheme}>{t('theme')}</button>
              <select aria-label={t('language')} value={language()} onChange={(event) => chooseLanguage(event.currentTarget.value)}>
                <For each={Object.entries(languages)}>{([code, it]) => <option value={code}>{it.name}</option>}</For>
              </select>
              <button class="quiet" onClick={logOut}>{t('logOut')}</button>
            </div>
          </header>
          <main id="content" tabindex="-1">
            <Suspense fallback={<p class="soft">{t('loading')}</p>}><Dynamic component={current().view} /></Suspense>
          </main>
          <Show when={palette()}><Palette pages={shown()} close={() => setPalette(false)} /></Show>
        </div>
      )}
    </Show>
  );
}
