// A form that writes a rule: one comparison for each line, all of which must hold.
import { createSignal, For, Show } from 'solid-js';
import { t } from '../text.ts';

interface Line { measure: string; of: string; is: string; than: string }

const kMeasures = ['area', 'language', 'follows', 'follows_sport', 'spent', 'bought', 'dwell', 'views', 'attended', 'sessions'] as const;
const kTexts = ['area', 'language'];
const kMost = 8;
const fresh = (): Line => ({ measure: 'area', of: '', is: '=', than: '' });

const quoted = (text: string): string => `"${text.replaceAll('"', '')}"`;
const written = (line: Line): string => {
  if (kTexts.includes(line.measure)) return `${line.measure} ${line.is === '!=' ? '!=' : '='} ${quoted(line.than)}`;
  const measure = `${line.measure}(${/^[\w-]*$/.test(line.of) ? line.of : quoted(line.of)})`;
  return line.than ? `${measure} ${line.is} ${line.than}` : measure;
};

export function RuleForm(properties: { write: (rule: string) => void }) {
  const [lines, setLines] = createSignal<Line[]>([fresh()]);
  const change = (at: number, part: Partial<Line>): void => {
    setLines((all) => all.map((line, index) => (index === at ? { ...line, ...part } : line)));
    properties.write(lines().filter((line) => line.than || line.of).map(written).join(' and '));
  };
  return (
    <details><summary>{t('ruleForm')}</summary>
      <div class="stack">
        <For each={lines().map((_, at) => at)}>{(at) => (
          <div class="row">
            <label>{t('measure')}<select value={lines()[at]!.measure} onChange={(event) => change(at, { measure: event.currentTarget.value, is: kTexts.includes(event.currentTarget.value) ? '=' : '>=' })}>
              <For each={kMeasures}>{(one) => <option value={one}>{one.replaceAll('_', ' ')}</option>}</For>
            </select></label>
            <Show when={!kTexts.includes(lines()[at]!.measure)}><label>{t('ofWhat')}<input value={lines()[at]!.of} onInput={(event) => change(at, { of: event.currentTarget.value })} /></label></Show>
            <label>{t('is')}<select value={lines()[at]!.is} onChange={(event) => change(at, { is: event.currentTarget.value })}>
              <For each={kTexts.includes(lines()[at]!.measure) ? ['=', '!='] : ['>=', '>', '=', '<', '<=']}>{(one) => <option value={one}>{one}</option>}</For>
            </select></label>
            <label>{t('value')}<input value={lines()[at]!.than} onInput={(event) => change(at, { than: event.currentTarget.value })} /></label>
          </div>
        )}</For>
        <div><button type="button" disabled={lines().length >= kMost} onClick={() => setLines((all) => [...all, fresh()])}>{t('addLine')}</button></div>
      </div>
    </details>
  );
}
