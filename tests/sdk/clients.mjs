// The event clients of other products as their users call them: unmodified packages, ordinary
// options. Each gives `send(n)`, which makes one event, and `finish()`, which waits until the
// client has delivered what it will deliver; clients that come back to what failed with their next
// event only have `nudge()`.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../build/third_party/sdks/', import.meta.url));
const require = createRequire(packages);

const { Analytics } = require('@segment/analytics-node');
const { PostHog } = require('posthog-node');
const Rudder = require('@rudderstack/rudder-sdk-node');
const snowplow = require('@snowplow/node-tracker');
const { jitsuAnalytics } = require('@jitsu/js');

const FANS = 50;
const fan = (n) => `fan-${n % FANS}`;
const device = (n) => `device-${n % FANS}`;
const viewed = (n) => ({ kind: 'technical_chart', dwell_ms: 100 + n, sport: 'figure_skating' });
const email = (n) => `fan-${n % FANS}@example.org`;

function segment(host, writeKey) {
  const client = new Analytics({ writeKey, host, maxEventsInBatch: 5, flushInterval: 100 });
  client.on('error', () => {});
  const calls = [
    (n) => client.track({ userId: fan(n), anonymousId: device(n), event: 'Content Viewed',
      properties: viewed(n) }),
    (n) => client.identify({ userId: fan(n), traits: { email: email(n) } }),
    (n) => client.page({ anonymousId: device(n), name: 'Results' }),
    (n) => client.group({ userId: fan(n), groupId: 'club', traits: { size: n } }),
    (n) => client.alias({ userId: fan(n), previousId: device(n) }),
  ];
  return {
    send: (n) => calls[n % calls.length](n),
    finish: () => client.closeAndFlush({ timeout: 120_000 }),
  };
}

function postHog(captureMode) {
  return (host, key) => {
    process.env.POSTHOG_CAPTURE_MODE = captureMode;
    const client = new PostHog(key, { host, flushAt: 5, flushInterval: 100,
      fetchRetryCount: 20, fetchRetryDelay: 200 });
    client.on('error', () => {});
    const calls = [
      (n) => client.capture({ distinctId: fan(n), event: 'Content Viewed',
        properties: viewed(n) }),
      (n) => client.identify({ distinctId: fan(n),
        properties: { email: email(n), $anon_distinct_id: device(n) } }),
      (n) => client.capture({ distinctId: fan(n), event: 'Seen', properties: { n },
        timestamp: new Date(Date.now() - 60_000) }),
      (n) => client.groupIdentify({ groupType: 'club', groupKey: 'g', properties: { n } }),
      (n) => client.alias({ distinctId: fan(n), alias: device(n) }),
    ];
    return {
      send: (n) => calls[n % calls.length](n),
      finish: async () => {
        await client.flush().catch(() => {});
        await client.shutdown(120_000);
      },
    };
  };
}

function rudder(host, key) {
  const client = new Rudder(key, { dataPlaneUrl: host, flushAt: 5, flushInterval: 100,
    retryCount: 10, logLevel: 'none', errorHandler: () => {} });
  const calls = [
    (n) => client.track({ userId: fan(n), event: 'Content Viewed', properties: viewed(n) }),
    (n) => client.identify({ userId: fan(n), traits: { email: email(n) } }),
    (n) => client.page({ anonymousId: device(n), name: 'Results' }),
    (n) => client.alias({ userId: fan(n), previousId: device(n) }),
  ];
  return {
    send: (n) => calls[n % calls.length](n),
    finish: () => client.flush().catch(() => {}),
  };
}

function snowplowBy(eventMethod) {
  return (endpoint, appId) => {
    const tracker = snowplow.newTracker({ namespace: 'games', appId },
      { endpoint, eventMethod, bufferSize: 5 });
    const described = (name, data) => snowplow.buildSelfDescribingEvent(
      { event: { schema: `iglu:org.example/${name}/jsonschema/1-0-0`, data } });
    const calls = [
      (n) => described('content_viewed', viewed(n)),
      () => snowplow.buildPageView({ pageUrl: 'https://games.example/results' }),
      (n) => snowplow.buildStructEvent({ category: 'video', action: 'play', value: n }),
      (n) => described('identify', { email: email(n) }),
    ];
    return {
      send: (n) => {
        tracker.setUserId(fan(n));
        tracker.setDomainUserId(device(n));
        tracker.track(calls[n % calls.length](n));
      },
      nudge: () => tracker.flush(),
      finish: () => tracker.flush(),
    };
  };
}

function jitsu(host, writeKey) {
  const client = jitsuAnalytics({ host, writeKey: `app:${writeKey}`, fetch });
  const sent = [];
  const calls = [
    (n) => client.track('Content Viewed', viewed(n)),
    (n) => client.identify(fan(n), { email: email(n) }),
    (n) => client.page({ name: 'Results', n }),
  ];
  return {
    send: (n) => sent.push(calls[n % calls.length](n).catch(() => {})),
    finish: () => Promise.all(sent),
  };
}

// One request of `count` events of 20 KB each: the client's own limit on a batch does not hold.
export function segmentInBulk(count) {
  const create = (host, writeKey) => {
    const client = new Analytics({ writeKey, host, maxEventsInBatch: count,
      httpRequestTimeout: 60_000 });
    const filling = 'x'.repeat(20_000);
    return {
      send: (n) => client.track({ userId: fan(n), event: 'Seen', properties: { n, filling } }),
      finish: () => client.closeAndFlush({ timeout: 60_000 }),
    };
  };
  return { name: 'segment in bulk', create, resends: true };
}

// `resends`: the client sends an event again until it has an answer.
export const CLIENTS = [
  { name: 'segment', create: segment, resends: true },
  { name: 'posthog v0', create: postHog('v0'), resends: true },
  { name: 'posthog v1', create: postHog('v1'), resends: true },
  { name: 'rudder', create: rudder, resends: true },
  { name: 'snowplow', create: snowplowBy('post'), resends: true },
  { name: 'snowplow get', create: snowplowBy('get'), resends: true },
  { name: 'jitsu', create: jitsu, resends: false },
];
