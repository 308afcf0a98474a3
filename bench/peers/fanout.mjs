// A fan-out server of npm's `ws` as its documentation shows it: what is posted goes to everybody.
// usage: node fanout.mjs FOLDER_WITH_WS; prints its port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { WebSocketServer, WebSocket } = createRequire(join(process.argv[2], 'package.json'))('ws');
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const message = Buffer.concat(parts).toString();
    for (const client of sockets.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(message);
    }
    response.end('ok');
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 },
  () => console.log(server.address().port));
