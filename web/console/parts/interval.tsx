// An estimate with its interval on a line from `from` to `to`; an open end is drawn to the edge.
export interface Estimate { value: number; low: number; high: number | null }

export function Interval(properties: { estimate: Estimate; to: number; words: string; show: (value: number) => string }) {
  const x = (value: number): number => 8 + 584 * Math.max(0, Math.min(1, value / (properties.to || 1)));
  const high = (): number => properties.estimate.high ?? properties.to;
  return (
    <svg class="interval" role="img" aria-label={properties.words} viewBox="0 0 600 44">
      <line x1="8" x2="592" y1="16" y2="16" />
      <rect class="span" x={x(properties.estimate.low)} y="9" width={Math.max(2, x(high()) - x(properties.estimate.low))} height="14" rx="3" />
      <circle class="value" cx={x(properties.estimate.value)} cy="16" r="5" />
      <text x="8" y="40">{properties.show(0)}</text>
      <text x="592" y="40" text-anchor="end">{properties.show(properties.to)}</text>
    </svg>
  );
}
