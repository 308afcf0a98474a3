// A named share of a whole, as a bar with its figure beside it.
import type { JSX } from 'solid-js';

export function ShareBar(properties: { name: JSX.Element; figure: string; share: number; words: string }) {
  return (
    <div class="bar">
      <div><span class="outside">{properties.name}</span><span class="number">{properties.figure}</span></div>
      <svg class="track" role="img" aria-label={properties.words} preserveAspectRatio="none" viewBox="0 0 100 8">
        <rect width="100" height="8" />
        <rect class="fill" width={Math.max(0, Math.min(100, properties.share * 100))} height="8" />
      </svg>
      <div class="small soft"><span>{properties.words}</span></div>
    </div>
  );
}
