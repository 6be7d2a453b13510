// How does a hit reach the receiver, whatever becomes of the page?
//
// A hit is kept in the page's storage until it is known to have arrived, and sent again from the
// next page if it is not. It has an id (`hid`), so that one which comes twice counts once. `fetch`
// tells what became of it, so it goes first; a page that is being left sends a beacon.

const KEPT = '_vj_out';
// A visitor who is offline for long does not fill the page's storage.
const MOST = 50;
// The Measurement Protocol takes no older ones.
const OLDEST = 12 * 3600;
// Browsers let 64 KiB outlive a page, all together.
const LONGEST = 60000;

const KEEPALIVE = 'Request' in window && 'keepalive' in Request.prototype;

let leaving = false;
addEventListener('pagehide', () => { leaving = true; }, true);
addEventListener('pageshow', () => { leaving = false; }, true);

// Hits are [Unix seconds, urlencoded line]. Other pages of the site write here as well.
const kept = () => {
  try {
    return JSON.parse(read(KEPT)).filter(([at]) => now() - at < OLDEST);
  } catch {
    return [];
  }
};
const keep = (hits) => write(KEPT, JSON.stringify(hits.slice(-MOST)));

const flying = new Set();
let bytesFlying = 0;
let failed = false;

const settle = (batch, isDone) => {
  const lines = new Set(batch.map(([, line]) => line));
  lines.forEach((line) => flying.delete(line));
  if (isDone) keep(kept().filter(([, line]) => !lines.has(line)));
  if (isDone && failed) {
    failed = false;
    deliver(kept());
  } else if (!isDone) {
    failed = true;
  }
};

// What is refused would be refused again; 408 and 429 only ask to wait.
const isFinal = ({ status }) => status < 500 && status !== 408 && status !== 429;

const transmit = (batch) => {
  const lines = batch.map(([at, line]) => (now() - at > 1 ? `${line}&et=${at}` : line));
  const body = lines.join('\n');
  batch.forEach(([, line]) => flying.add(line));
  if (KEEPALIVE && !leaving) {
    const landed = (isDone) => {
      bytesFlying -= body.length;
      settle(batch, isDone);
    };
    bytesFlying += body.length;
    const keepalive = bytesFlying <= LONGEST;
    fetch(COLLECT, { method: 'POST', body, keepalive, credentials: 'omit' }).then(
      safely((answer) => landed(isFinal(answer))),
      safely(() => landed(false)),
    );
    return;
  }
  if (!navigator.sendBeacon?.(COLLECT, body)) {
    lines.forEach((line) => { new Image().src = `${COLLECT}?${line}`; });
  }
  // Nobody is left to hear whether a beacon of the last moment arrived.
  settle(batch, !leaving);
};

const deliver = (hits) => {
  let batch = [];
  let length = 0;
  for (const hit of hits.filter(([, line]) => !flying.has(line))) {
    if (batch.length && length + hit[1].length > LONGEST) {
      transmit(batch);
      batch = [];
      length = 0;
    }
    batch.push(hit);
    length += hit[1].length + 1;
  }
  if (batch.length) transmit(batch);
};

// What is made in one go is sent in one go, before the page can do anything else.
let fresh = [];
let isFirst = true;
const flush = safely(() => {
  const hits = fresh;
  fresh = [];
  if (isFirst) {
    const old = new Set(hits.map(([, line]) => line));
    deliver(kept().filter(([, line]) => !old.has(line)));
  }
  isFirst = false;
  deliver(hits);
});

const post = (fields, callback, ctx) => {
  if (document.prerendering) {
    // The browser has guessed that the page will be wanted. Nobody has seen it yet.
    const again = safely(() => post(fields, callback, ctx));
    document.addEventListener('prerenderingchange', again, { once: true });
    return;
  }
  const line = new URLSearchParams({ hid: Date.now().toString(36) + random(2 ** 32).toString(36) });
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== '') line.set(name, value);
  }
  if (COLLECT) {
    fresh.push([now(), `${line}`]);
    keep([...kept(), fresh.at(-1)]);
    queueMicrotask(flush);
  }
  callLater(callback, ctx);
};
