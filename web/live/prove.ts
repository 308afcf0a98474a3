// The badge: is what stands on this page in the signed log, and did the log only grow?
import { type Failure, type Proved, verifyConsistency, verifyFact } from '../verify/verify.ts';

const LOG = '/live/log';
const MAX_ROWS = 500; // that a page has
const REMEMBERED = 'altis.log'; // the key and the newest head that this browser has seen

type Line = Record<string, unknown>;
type Memory = { key: string; checkpoint: string };

const failed = (code: string, reason: string): Failure => ({ holds: false, code, reason });

async function read(path: string): Promise<string> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

function remembered(): Memory | null {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as Memory | null;
  } catch {
    return null;
  }
}

function remember(memory: Memory): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(memory));
  } catch { /* a browser that keeps nothing */ }
}

// Of an athlete the name, or the code where the edition shows no names; pages cut long ones.
function isName(shown: string, line: Line): boolean {
  const [member, another] = (line.members ?? []) as Line[];
  if (line.type !== 'A' || !member || another) return true;
  const name = [member.given_name, member.family_name].filter(Boolean).join(' ');
  const [code, start] = [String(line.competitor), shown.replace(/\u2026$/, '')];
  return shown === name || shown === code || shown === member.code ||
    (start !== shown && name.startsWith(start));
}

// Rows show what the record says: rank, and result or mark, of the same competitors.
function differs(main: HTMLElement, record: Line): string {
  const lines = new Map<string, Line>();
  const times = new Map<string, number>();
  for (const line of (record.lines ?? []) as Line[]) {
    const code = String(line.competitor);
    const time = (times.get(code) ?? 0) + 1;
    times.set(code, time);
    lines.set(time > 1 ? `${code}#${time}` : code, line);
  }
  const rows = [...main.querySelectorAll<HTMLElement>('[data-line]')];
  if (rows.length !== Math.min(lines.size, MAX_ROWS)) return 'the number of lines';
  for (const row of rows) {
    const line = lines.get(row.dataset.line ?? '');
    const cell = (name: string): string => row.querySelector(`.${name}`)?.textContent ?? '';
    const name = row.querySelector('th a')?.textContent ?? '';
    const rank = line?.rank ? `${line.rank_equal ? '=' : ''}${String(line.rank)}` : '';
    const result = String(line?.irm ?? line?.result ?? '');
    if (!line || !isName(name, line) || (cell('rank') || rank) !== rank ||
        (cell('result') || result) !== result) {
      return row.dataset.line ?? '?';
    }
  }
  return '';
}

async function check(main: HTMLElement, proof: string, version: number): Promise<Proved | Failure> {
  const known = remembered();
  const { key } = JSON.parse(await read(`${LOG}/key`)) as { key: string };
  if (known && known.key !== key) {
    return failed('checkpoint.other_log', 'the log has another key than when this browser saw it first');
  }
  const shown: unknown = JSON.parse(await read(proof));
  const proved = await verifyFact(shown, key);
  if (!proved.holds) return proved;
  const unit = main.dataset.unit;
  if (proved.unit !== unit || proved.version !== version) {
    return failed('page.other_fact', `the proof is of ${proved.fact}`);
  }
  const line = differs(main, proved.record);
  if (line) return failed('page.differs', `this page shows something else of ${line} than the log`);
  const head = (shown as { checkpoint: string }).checkpoint;
  const grown = known ? await growth(known.checkpoint, head, key) : null;
  if (grown && !grown.holds) return grown;
  if (!known || proved.size > sizeOf(known.checkpoint)) remember({ key, checkpoint: head });
  return proved;
}

const sizeOf = (checkpoint: string): number => Number(checkpoint.split('\n')[1]);

// The head of the proof and the one that this browser remembers, whichever is older, must be two
// moments of one log.
async function growth(known: string, head: string, key: string): Promise<{ holds: true } | Failure> {
  const [older, newer] = sizeOf(known) <= sizeOf(head) ? [known, head] : [head, known];
  let path: unknown = [];
  if (sizeOf(older) !== sizeOf(newer)) {
    const query = `?from=${sizeOf(older)}&to=${sizeOf(newer)}`;
    path = (JSON.parse(await read(`${LOG}/consistency${query}`)) as { path: unknown }).path;
  }
  return verifyConsistency(older, newer, path, key);
}

function show(badge: HTMLElement, state: string, text: string): void {
  const link = badge.querySelector('a');
  badge.className = state;
  badge.replaceChildren(text, ' ', ...(link ? [link] : []));
}

export async function proveShown(main: HTMLElement): Promise<void> {
  const badge = main.querySelector<HTMLElement>('#proof');
  if (!badge) return;
  const { proof = '', version = '' } = badge.dataset;
  try {
    const outcome = await check(main, proof, Number(version));
    if (!badge.isConnected) return; // the page has moved on
    if (outcome.holds) {
      show(badge, 'holds', `Verified by this browser: version ${outcome.version} is entry ` +
        `${outcome.index} of the signed log ${outcome.origin}.`);
    } else {
      show(badge, 'fails', `Not verified: ${outcome.reason} (${outcome.code}).`);
    }
  } catch (error) {
    show(badge, 'unknown', `Could not verify: ${error instanceof Error ? error.message : 'no answer'}.`);
  }
}
