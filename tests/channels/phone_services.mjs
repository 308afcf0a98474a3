// Servers that speak as Apple's and Google's push services do in their public documentation, over HTTP/2 with TLS on
// loopback. They check who sends (tokens, by Node's crypto), the headers and the limits, and note what they took.
import { execFileSync } from "node:child_process";
import { createSecureServer } from "node:http2";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { verifiedToken } from "./judged.mjs";

// {key, cert} of a self-signed certificate for loopback, in PEM.
export function certificate() {
  const folder = mkdtempSync(path.join(tmpdir(), "altis-"));
  const file = (name) => path.join(folder, name);
  try {
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
      "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", file("key"),
      "-out", file("cert")], { stdio: "ignore" });
    return { key: readFileSync(file("key")), cert: readFileSync(file("cert")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A server whose `answer(headers, body)` gives [status, object, headers]; {server, origin} once it listens on a free port.
export async function serve(tls, answer) {
  const server = createSecureServer(tls);
  server.on("stream", (stream, headers) => {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const [status, object, more] = answer(headers, Buffer.concat(parts));
      stream.respond({ ":status": status, "content-type": "application/json", ...more });
      stream.end(object === undefined ? "" : JSON.stringify(object));
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, origin: `https://127.0.0.1:${server.address().port}` };
}

class Refusal extends Error {
  constructor(status, reason, headers) {
    super(reason);
    Object.assign(this, { status, reason, headers });
  }
}
const demand = (condition, status, reason) => {
  if (!condition) throw new Refusal(status, reason);
};
// `busy` maps devices to the seconds that the first message to them is told to wait.
const demandRest = (busy, device, reason) => {
  const seconds = busy?.get(device);
  if (seconds === undefined) return;
  busy.delete(device);
  throw new Refusal(429, reason, { "retry-after": `${seconds}` });
};
const token = (headers, publicKey, status, reason) => {
  try {
    return verifiedToken(headers.authorization.split(" ")[1], publicKey);
  } catch {
    throw new Refusal(status, reason);
  }
};

// Apple's: `app` is {team, key_id, bundle, publicKey, gone, bad, busy}, `clock()` seconds. What it took is pushed to `taken`.
export function apple(app, clock, taken) {
  const check = (headers, body) => {
    demand(headers[":method"] === "POST", 405, "MethodNotAllowed");
    const device = headers[":path"].match(/^\/3\/device\/([0-9a-fA-F]+)$/)?.[1];
    demand(device !== undefined, 404, "BadPath");
    demand(device.length >= 64 && !app.bad?.has(device), 400, "BadDeviceToken");
    demand(headers.authorization?.startsWith("bearer "), 403, "MissingProviderToken");
    const { header, claims } = token(headers, app.publicKey, 403, "InvalidProviderToken");
    demand(header.alg === "ES256" && header.kid === app.key_id && claims.iss === app.team, 403, "InvalidProviderToken");
    demand(Math.abs(clock() - claims.iat) <= 3600, 403, "ExpiredProviderToken");
    demand(headers["apns-topic"] === app.bundle, 400, "BadTopic");
    demand(headers["apns-push-type"] === "alert", 400, "InvalidPushType");
    demand(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(headers["apns-id"]), 400, "BadMessageId");
    demand(/^\d+$/.test(headers["apns-expiration"]), 400, "BadExpirationDate");
    demand(["1", "5", "10"].includes(headers["apns-priority"]), 400, "BadPriority");
    demand(Buffer.byteLength(headers["apns-collapse-id"] ?? "") <= 64, 400, "BadCollapseId");
    demand(body.length > 0, 400, "PayloadEmpty");
    demand(body.length <= 4096, 413, "PayloadTooLarge");
    demand(!app.gone?.has(device), 410, "Unregistered");
    demandRest(app.busy, device, "TooManyRequests");
    taken.push({ device, headers, claims, payload: JSON.parse(body.toString()) });
    return [200, undefined];
  };
  return refusing(check, (refusal) => ({ reason: refusal.reason }));
}

// Google's, and the server that gives access tokens: `account` is {project, email, key_id, publicKey, token_uri, gone,
// lost (as if the project were unknown), busy}. `account.grants` counts the access tokens that it gave.
export function google(account, clock, taken) {
  const accessTokens = new Set();
  const grant = (body) => {
    const form = new URLSearchParams(body.toString());
    demand(form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer", 400, "unsupported_grant_type");
    const assertion = { authorization: `Bearer ${form.get("assertion")}` };
    const { header, claims } = token(assertion, account.publicKey, 400, "invalid_grant");
    demand(header.alg === "RS256" && header.kid === account.key_id, 400, "invalid_grant");
    demand(claims.iss === account.email && claims.aud === account.token_uri, 400, "invalid_grant");
    demand(claims.scope === "https://www.googleapis.com/auth/firebase.messaging", 400, "invalid_scope");
    demand(claims.exp - claims.iat <= 3600 && Math.abs(clock() - claims.iat) < 600, 400, "invalid_grant");
    const accessToken = `ya29.c.${accessTokens.size}-${claims.iat}`;
    accessTokens.add(accessToken);
    account.grants = accessTokens.size;
    return [200, { access_token: accessToken, expires_in: 3599, token_type: "Bearer" }];
  };
  const send = (headers, body) => {
    demand(headers[":path"] === `/v1/projects/${account.project}/messages:send`, 404, "NOT_FOUND");
    demand(accessTokens.has(headers.authorization?.replace(/^Bearer /, "")), 401, "UNAUTHENTICATED");
    demand(body.length <= 4096 + 1024, 400, "INVALID_ARGUMENT");
    const { message } = JSON.parse(body.toString());
    demand(/^\d+(\.\d+)?s$/.test(message.android.ttl) && parseInt(message.android.ttl, 10) <= 2419200, 400, "INVALID_ARGUMENT");
    demand(["NORMAL", "HIGH"].includes(message.android.priority), 400, "INVALID_ARGUMENT");
    demand(Object.values(message.data).every((value) => typeof value === "string"), 400, "INVALID_ARGUMENT");
    demand(!account.gone?.has(message.token), 404, "UNREGISTERED");
    demand(!account.lost?.has(message.token), 404, "NOT_FOUND");
    demandRest(account.busy, message.token, "RESOURCE_EXHAUSTED");
    taken.push(message);
    return [200, { name: `projects/${account.project}/messages/${taken.length}` }];
  };
  const check = (headers, body) => (headers[":path"] === "/token" ? grant(body) : send(headers, body));
  return refusing(check, (refusal) => ({ error: { status: refusal.reason } }));
}

function refusing(check, shown) {
  return (headers, body) => {
    try {
      return check(headers, body);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return [refusal.status, shown(refusal), refusal.headers];
    }
  };
}
