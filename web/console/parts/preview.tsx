// A message in every language, each fact marked, and what the gate says of it.
import { createSignal, For, Show } from 'solid-js';
import { brief, language, t } from '../text.ts';

export interface Piece { text: string; fact?: string }
export interface Text { language: string; passed: boolean; code?: string; detail?: string; pieces: Piece[]; pattern?: string }
export interface Preview { story: string; facts: { name: string; kind: string; text: string; source: string; version: number }[]; texts: Text[]; shielded: Text[] }

const kRightToLeft = ['ar', 'he', 'fa', 'ur'];
export const languageName = (code: string): string => new Intl.DisplayNames([language()], { type: 'language' }).of(code) ?? code;

function OneText(properties: { text: Text }) {
  return (
    <li class="preview">
      <div class="head"><strong>{languageName(properties.text.language)}</strong>
        <span class="tag" classList={{ good: properties.text.passed, bad: !properties.text.passed }}>{properties.text.passed ? t('gatePassed') : t('gateRefused')}</span>
      </div>
      <p class="outside" lang={properties.text.language} dir={kRightToLeft.includes(properties.text.language) ? 'rtl' : 'ltr'}>
        <For each={properties.text.pieces}>{(piece) => (
          <Show when={piece.fact} fallback={piece.text}>{(fact) => <mark title={fact()}>{piece.text}</mark>}</Show>
        )}</For>
      </p>
      <Show when={!properties.text.passed}><p class="small bad outside">{properties.text.detail} <code>{properties.text.code}</code></p></Show>
    </li>
  );
}

export function Previews(properties: { preview: Preview }) {
  const [shielded, setShielded] = createSignal(false);
  const texts = (): Text[] => (shielded() ? properties.preview.shielded : properties.preview.texts);
  const passed = (): number => texts().filter((one) => one.passed).length;
  return (
    <section class="panel stack" aria-live="polite">
      <div class="head"><h2>{t('previewTitle', passed(), texts().length)}</h2>
        <label class="check"><input type="checkbox" checked={shielded()} onChange={(event) => setShielded(event.currentTarget.checked)} />{t('asShielded')}</label>
      </div>
      <ul class="previews"><For each={texts()}>{(one) => <OneText text={one} />}</For></ul>
      <details><summary>{t('facts')}</summary>
        <table><tbody><For each={properties.preview.facts}>{(fact) => (
          <tr><th scope="row">{fact.name}</th><td class="outside">{brief(fact.text)}</td><td class="small soft outside">{brief(fact.source)} v{fact.version}</td></tr>
        )}</For></tbody></table>
      </details>
    </section>
  );
}
