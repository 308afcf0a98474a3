// The words of the console, by files: a language is added by a file beside texts/en.ts and a line in `languages`.
import { createSignal } from 'solid-js';
import { en, type Texts } from './texts/en.ts';

export interface Language { name: string; load: () => Promise<Texts>; direction: 'ltr' | 'rtl' }

export const languages: Record<string, Language> = {
  en: { name: 'English', load: async () => en, direction: 'ltr' },
  ja: { name: '日本語', load: async () => (await import('./texts/ja.ts')).ja, direction: 'ltr' },
  ar: { name: 'العربية', load: async () => (await import('./texts/ar.ts')).ar, direction: 'rtl' },
};

const [texts, setTexts] = createSignal<Texts>(en);
const [language, setLanguage] = createSignal('en');
export { language };

/** Unknown languages leave the words as they are. */
export async function chooseLanguage(code: string): Promise<void> {
  const chosen = languages[code];
  if (!chosen) return;
  setTexts(await chosen.load());
  setLanguage(code);
  document.documentElement.lang = code;
  document.documentElement.dir = chosen.direction;
  localStorage.setItem('language', code);
}

/** The text of a key; `{0}`, `{1}` stand for values. */
export function t(key: keyof Texts, ...values: (string | number)[]): string {
  return texts()[key].replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
}

// Figures keep Latin digits in every language, as published results do.
const locale = () => `${language()}-u-nu-latn`;

// Making a format takes longer than using it a hundred times.
const formats = new Map<string, Intl.NumberFormat>();
function formatOf(digits: number): Intl.NumberFormat {
  const name = `${locale()}/${digits}`;
  const kept = formats.get(name) ?? new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
  formats.set(name, kept);
  return kept;
}

export const number = (value: number, digits = 0): string => (Number.isFinite(value) ? formatOf(digits).format(value) : '∞');

export const percent = (share: number, digits = 1): string => `${number(share * 100, digits)}\u00a0%`;

export const money = (minor: number, currency: string): string =>
  new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(minor / 100);

export const moment = (rfc3339: string): string => {
  const at = new Date(rfc3339);
  return Number.isNaN(at.getTime())
    ? rfc3339
    : new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
};

/** Text from outside: long ones are cut for the eye, and direction marks cannot reorder what stands around (see .outside). */
export const brief = (text: unknown, most = 120): string => {
  const whole = typeof text === 'string' ? text : text == null ? '' : String(text);
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
};
