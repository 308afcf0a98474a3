// The named limits of the program, found by typing.
import { createMemo, createSignal, For, Show } from 'solid-js';
import { poll } from '../data/poll.ts';
import { t } from '../text.ts';
import { Refused } from './refused.tsx';

interface Limit { room: string; name: string; value: string; meaning: string }

const kLine = /^\| `([^`]+)` \| `([^`]+)` \| (.*) \| [^|]+ \|$/;
const kMost = 40;

function limitsIn(markdown: string): Limit[] {
  const found: Limit[] = [];
  let room = '';
  for (const line of markdown.split('\n')) {
    if (line.startsWith('## ')) room = line.slice(3);
    const [, name, value, meaning] = kLine.exec(line) ?? [];
    if (name && value) found.push({ room, name, value, meaning: meaning ?? '' });
  }
  return found;
}

export function Limits() {
  const page = poll<string>(() => '/v1/limits', 0);
  const [typed, setTyped] = createSignal('');
  const all = createMemo(() => limitsIn(page.value() ?? ''));
  const found = createMemo(() => {
    const wanted = typed().toLowerCase();
    return all().filter((one) => `${one.room} ${one.name} ${one.meaning}`.toLowerCase().includes(wanted));
  });
  return (
    <section class="panel stack"><div class="head"><h2>{t('limits', found().length)}</h2><input aria-label={t('find')} placeholder={t('find')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} /></div>
      <Show when={page.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <div class="scroll" tabindex="0" role="region" aria-label={t('limits', found().length)}><table>
        <tbody><For each={found().slice(0, kMost)}>{(one) => <tr><th scope="row" class="mono">{one.name}</th><td class="mono">{one.value}</td><td class="small soft outside">{one.room}{one.meaning && ': '}{one.meaning}</td></tr>}</For></tbody>
      </table></div>
    </section>
  );
}
