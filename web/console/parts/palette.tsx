// The command palette: every page, language and theme by typing.
import { createMemo, createSignal, For, onMount } from 'solid-js';
import { flipTheme } from '../console.tsx';
import type { Page } from '../pages.ts';
import { go } from '../router.ts';
import { logOut } from '../session.ts';
import { chooseLanguage, languages, t } from '../text.ts';

interface Command { name: string; run: () => void }

export function Palette(properties: { pages: Page[]; close: () => void }) {
  const [typed, setTyped] = createSignal('');
  const [at, setAt] = createSignal(0);
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());

  const commands = createMemo<Command[]>(() => [
    ...properties.pages.map((page) => ({ name: t(page.name), run: () => go(page.name) })),
    ...Object.entries(languages).map(([code, it]) => ({ name: `${t('language')}: ${it.name}`, run: () => void chooseLanguage(code) })),
    { name: t('theme'), run: flipTheme },
    { name: t('logOut'), run: logOut },
  ]);
  const found = createMemo(() => commands().filter(({ name }) => name.toLowerCase().includes(typed().toLowerCase())));
  const run = (command: Command | undefined): void => {
    properties.close();
    command?.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((before) => Math.max(0, Math.min(found().length - 1, before + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found()[at()]);
    }
  };
  return (
    <dialog ref={dialog} aria-label={t('palette')} onClose={properties.close}>
      <input role="combobox" aria-expanded="true" aria-controls="commands" aria-activedescendant={`command-${at()}`} aria-label={t('palette')}
        placeholder={t('paletteHint')} value={typed()} onKeyDown={onKey} onInput={(event) => { setTyped(event.currentTarget.value); setAt(0); }} />
      <div id="commands" role="listbox" aria-label={t('palette')}>
        <For each={found()}>{(command, index) => (
          <div id={`command-${index()}`} role="option" aria-selected={index() === at()} onClick={() => run(command)}>{command.name}</div>
        )}</For>
      </div>
    </dialog>
  );
}
