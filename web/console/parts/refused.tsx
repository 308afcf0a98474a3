// What the server said instead of an answer, in its own words: they tell what to do.
import type { Problem } from '../data/client.ts';
import { t } from '../text.ts';

export function Refused(properties: { problem: Problem }) {
  const words = (): string =>
    properties.problem.status === 0 ? t('unreachable') : properties.problem.detail || properties.problem.code;
  return <p class="problem outside" role="alert">{words()} <code class="soft">{properties.problem.code}</code></p>;
}
