// The members of a segment who consent, each with the record that proves it; a proof is checked here.
import { createSignal, For, Show } from 'solid-js';
import { get, part, type Problem } from '../data/client.ts';
import { brief, moment, number, t } from '../text.ts';
import { named } from '../words.ts';
import { verifyRecord } from '../../verify/journal.ts';
import { download } from './download.ts';
import { Refused } from './refused.tsx';

const kPurposes = ['messages', 'personalisation', 'analytics', 'clean_room', 'segment_sharing'];
const kProved = 20; // of the first rows
const kShown = 5;

export function SegmentExport(properties: { segment: string }) {
  const [purpose, setPurpose] = createSignal('messages');
  const [rows, setRows] = createSignal<Record<string, unknown>[]>([]);
  const [said, setSaid] = createSignal<{ good: boolean; words: string } | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const told = await get<string>(`/v1/segments/${part(properties.segment)}/export?purpose=${purpose()}&format=ndjson`);
    setProblem(told.ok ? null : told.problem);
    if (!told.ok) return;
    const text = typeof told.value === 'string' ? told.value : JSON.stringify(told.value);
    const lines = text.split('\n').filter(Boolean);
    download(`${properties.segment}.ndjson`, 'application/x-ndjson', text);
    setRows(lines.slice(0, kProved).map((line) => JSON.parse(line) as Record<string, unknown>));
    setSaid({ good: true, words: t('exported', number(lines.length)) });
  };
  const prove = async (): Promise<void> => {
    const head = await get<{ public_key: string }>('/v1/journal');
    if (!head.ok) return void setProblem(head.problem);
    for (const row of rows()) {
      const proof = await get<unknown>(`/v1/journal/proof?offset=${Number(row['consent_offset'])}`);
      const outcome = proof.ok ? await verifyRecord(proof.value, head.value.public_key) : { holds: false as const, reason: proof.problem.detail };
      if (!outcome.holds) return void setSaid({ good: false, words: t('notVerified', outcome.reason) });
    }
    setSaid({ good: true, words: t('consentsProved', number(rows().length)) });
  };
  return (
    <section class="panel stack"><h2>{t('exportSegment')}</h2>
      <form class="row" onSubmit={save}>
        <label>{t('purpose')}<select value={purpose()} onChange={(event) => setPurpose(event.currentTarget.value)}><For each={kPurposes}>{(one) => <option value={one}>{named('purpose', one)}</option>}</For></select></label>
        <button>{t('exportIt')}</button>
        <button type="button" disabled={!rows().length} onClick={prove}>{t('proveConsents')}</button>
      </form>
      <p role="status" class={said()?.good ? 'good' : 'bad'}>{said()?.words}</p>
      <Show when={rows().length}><div class="scroll" tabindex="0" role="region" aria-label={t('exportSegment')}><table>
        <thead><tr><th>{t('userId')}</th><th>{t('consent')}</th><th class="number">{t('record')}</th></tr></thead>
        <tbody><For each={rows().slice(0, kShown)}>{(row) => <tr><td class="outside">{brief(row['user_id'] || row['fan'], 40)}</td><td class="small">{moment(String(row['consent_at']))}</td><td class="number">{number(Number(row['consent_offset']))}</td></tr>}</For></tbody>
      </table></div></Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}
