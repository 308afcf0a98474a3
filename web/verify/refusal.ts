// Why something does not hold: a stable code, the same as the program's own, and a sentence.
export class Refusal extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

export function refuse(code: string, message: string): never {
  throw new Refusal(code, message);
}
