// Who is logged in. The key stays in this tab (sessionStorage) and goes nowhere but into the Authorization header.
import { createSignal } from 'solid-js';
import { get, setKey, type Problem } from './data/client.ts';

export interface Session { key: string; organisation: string; edition: string; scopes: string[] }

const kStored = 'altis-key';
const [session, setSession] = createSignal<Session | null>(null);
export { session };

/** Says why when the key is not taken. */
export async function logIn(key: string): Promise<Problem | null> {
  setKey(key);
  const answer = await get<Session>('/v1/whoami');
  if (!answer.ok || !answer.value.key) {
    setKey('');
    sessionStorage.removeItem(kStored);
    return answer.ok ? { status: 401, code: 'auth.unknown_key', detail: '' } : answer.problem;
  }
  sessionStorage.setItem(kStored, key);
  setSession(answer.value);
  return null;
}

export function logOut(): void {
  sessionStorage.removeItem(kStored);
  setKey('');
  setSession(null);
}

/** Goes on with the key of this tab, if there is one. */
export async function resume(): Promise<void> {
  const key = sessionStorage.getItem(kStored);
  if (key) await logIn(key);
}

export function may(scope: string): boolean {
  const scopes = session()?.scopes ?? [];
  return scopes.includes(scope) || scopes.includes('admin');
}
