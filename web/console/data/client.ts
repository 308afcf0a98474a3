// Asks the HTTP interface. Paths are those of api/openapi.yaml, checked when this is compiled.
import type { paths } from './schema.d.ts';

type Fill<P extends string> = P extends `${infer A}{${string}}${infer B}` ? `${A}${string}${Fill<B>}` : P;
type Known<M extends string> = { [P in keyof paths & string]: paths[P] extends Record<M, object> ? Fill<P> : never }[keyof paths & string];
type WithQuery<P extends string> = P | `${P}?${string}`;
export type GetPath = WithQuery<Known<'get'>>;
export type PostPath = WithQuery<Known<'post'>>;
export type PutPath = Known<'put'>;
export type DeletePath = Known<'delete'>;

/** Why the server refused: RFC 9457. */
export interface Problem { status: number; code: string; detail: string }
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

let key = '';
export const setKey = (secret: string): void => { key = secret; };
export const authorisation = (): string => (key ? `Bearer ${key}` : '');

async function ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const headers: Record<string, string> = {};
  if (key) headers['Authorization'] = authorisation();
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    const reply = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await reply.text();
    const isJson = /[/+]json\b/.test(reply.headers.get('Content-Type') ?? ''); // not x-ndjson
    const value: unknown = isJson && text ? JSON.parse(text) : text;
    if (reply.ok) return { ok: true, value: value as T };
    const told = (isJson ? value : {}) as Partial<Problem>;
    return { ok: false, problem: { status: reply.status, code: told.code ?? 'http', detail: told.detail ?? reply.statusText } };
  } catch {
    return { ok: false, problem: { status: 0, code: 'net.unreachable', detail: '' } };
  }
}

export const get = <T>(path: GetPath) => ask<T>('GET', path);
export const post = <T>(path: PostPath, body: unknown = {}) => ask<T>('POST', path, body);
export const put = <T>(path: PutPath, body: unknown) => ask<T>('PUT', path, body);
export const remove = <T>(path: DeletePath) => ask<T>('DELETE', path);
/** A value as a part of a path. */
export const part = (value: string): string => encodeURIComponent(value);
