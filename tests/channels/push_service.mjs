// A push service on loopback, as browsers and senders see one: to Firefox it speaks the WebSocket protocol of Mozilla's
// push service, from senders it takes POSTs as RFC 8030 says, and it checks who signed them (RFC 8292).
import { createPublicKey, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { packages, verifiedToken } from "./judged.mjs";

const { WebSocketServer } = packages("ws");

// The public key of a sender, in base64url, as Node's crypto takes it.
export function senderKey(text) {
  const point = Buffer.from(text, "base64url");
  const coordinate = (from) => point.subarray(from, from + 32).toString("base64url");
  return createPublicKey({ key: { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) }, format: "jwk" });
}

const listening = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));

// `tls` is {key, cert} of the endpoints. Gives {browserUrl, origin, delivered(version), close}.
export async function startPushService(tls) {
  const channels = new Map(); // by the name in the endpoint: {socket, channelID, key}
  const waiting = new Map(); // by version: what a browser said of it
  let origin;

  const answers = {
    hello: () => ({ uaid: randomBytes(16).toString("hex"), status: 200, use_webpush: true, broadcasts: {} }),
    register: (socket, { channelID, key }) => {
      const name = randomBytes(24).toString("base64url");
      channels.set(name, { socket, channelID, key: key.replace(/=+$/, "") });
      return { channelID, status: 200, pushEndpoint: `${origin}/wpush/v2/${name}` };
    },
    unregister: (socket, { channelID }) => ({ channelID, status: 200 }),
  };
  const heard = (socket, message) => {
    if (message.messageType === undefined) return socket.send("{}"); // a ping
    if (message.messageType === "ack" || message.messageType === "nack") {
      for (const { version, code } of message.updates ?? [message]) waiting.get(version)?.(code);
      return undefined;
    }
    const answer = answers[message.messageType]?.(socket, message);
    return answer && socket.send(JSON.stringify({ messageType: message.messageType, ...answer }));
  };
  const browserServer = createServer();
  const sockets = new WebSocketServer({ server: browserServer, handleProtocols: (protocols) => [...protocols][0] });
  sockets.on("connection", (socket) => socket.on("message", (data) => heard(socket, JSON.parse(data))));

  // 201 and handed on, or the status that says why not.
  const taken = (request, body) => {
    const channel = channels.get(request.url.replace("/wpush/v2/", ""));
    if (channel === undefined) return [410];
    const { authorization, ttl, "content-encoding": encoding, topic } = request.headers;
    const [, token, key] = authorization?.match(/^vapid t=([^,]+), k=(.+)$/) ?? [];
    if (key !== channel.key) return [403];
    try {
      const { claims } = verifiedToken(token, senderKey(key));
      const left = claims.exp - Date.now() / 1000;
      if (claims.aud !== origin || left < 0 || left > 86_400) return [403];
    } catch {
      return [403];
    }
    if (!/^\d+$/.test(ttl) || encoding !== "aes128gcm" || !(topic ?? "x").match(/^[A-Za-z0-9_-]{1,32}$/)) return [400];
    if (body.length > 4096) return [413];
    const version = randomBytes(12).toString("hex");
    channel.socket.send(JSON.stringify({
      messageType: "notification", channelID: channel.channelID, version, data: body.toString("base64url"), headers: { encoding },
    }));
    return [201, version];
  };
  const senderServer = createTlsServer(tls, async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const [status, version] = request.method === "POST" ? taken(request, Buffer.concat(parts)) : [405];
    response.writeHead(status, version ? { location: `${origin}/m/${version}` } : {}).end();
  });

  const browserPort = await listening(browserServer);
  origin = `https://127.0.0.1:${await listening(senderServer)}`;
  return {
    browserUrl: `ws://127.0.0.1:${browserPort}/`,
    origin,
    // What the browser said of a message: 100 delivered, 101 not decrypted, 102 or 302 not handled by its page's worker.
    verdict: (location) => new Promise((done) => waiting.set(location.split("/m/")[1], done)),
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      browserServer.close();
      senderServer.close();
    },
  };
}
