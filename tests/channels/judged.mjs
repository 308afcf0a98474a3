// What the scripts of this folder share: the program that makes requests, packages, and tokens that are read and checked.
import { spawnSync } from "node:child_process";
import { verify } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";

export const packages = createRequire(path.resolve("build/npm/channels/package.json"));

// The answers of the program to these lines, as objects; what it says first comes first.
export function requests(channel, lines) {
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const run = spawnSync(process.argv[2], [channel], { input, maxBuffer: 1 << 28, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${process.argv[2]} ${channel}: ${run.stderr}`);
  return run.stdout.trim().split("\n").map((line) => JSON.parse(line));
}

// The header and the claims of a JWT whose signature Node's crypto accepts; throws when it does not.
export function verifiedToken(token, publicKey) {
  const [header, claims, signature] = token.split(".");
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" }; // r and s one after the other, for ECDSA
  if (!verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url")))
    throw new Error("the signature of the token is wrong");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url").toString());
  return { header: read(header), claims: read(claims) };
}

// A copy of a token with one character of its claims changed.
export function forged(token) {
  const at = token.indexOf(".") + 10;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}
