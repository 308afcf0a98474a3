// Asks for the proof of a unit's newest version and verifies it here: the server's word is not taken.
import { createSignal } from 'solid-js';
import { verifyFact } from '../../verify/verify.ts';
import { get, part } from '../data/client.ts';
import { number, t } from '../text.ts';
import type { Unit } from './score.tsx';

interface Said { good: boolean; words: string; version: number }

async function verified(unit: string): Promise<Said> {
  const newest = await get<Unit>(`/v1/results/units/${part(unit)}`);
  const no = (words: string): Said => ({ good: false, words: t('notVerified', words), version: newest.ok ? newest.value.version : 0 });
  if (!newest.ok) return no(newest.problem.detail);
  const [key, proof] = await Promise.all([get<{ key: string }>('/v1/log/key'), get<unknown>(`/v1/log/proofs/${newest.value.offset}`)]);
  if (!key.ok) return no(key.problem.detail);
  if (!proof.ok) return no(proof.problem.detail);
  const outcome = await verifyFact(proof.value, key.value.key);
  return outcome.holds ? { good: true, words: t('verified', number(outcome.index + 1), number(outcome.size)), version: outcome.version } : no(outcome.reason);
}

/** What was verified counts for the version that is shown, and for no later one. */
export function Badge(properties: { unit: string; version: number }) {
  const [said, setSaid] = createSignal<Said & { unit: string }>();
  const holds = (): Said | undefined => (said()?.unit === properties.unit && said()?.version === properties.version ? said() : undefined);
  const verify = async (): Promise<void> => {
    const { unit } = properties;
    const outcome = await verified(unit);
    setSaid({ ...outcome, unit });
  };
  return (
    <div class="row">
      <button onClick={verify}>{t('verify')}</button>
      <span role="status" class={holds()?.good ? 'good' : 'bad'}>{holds()?.words}</span>
    </div>
  );
}
