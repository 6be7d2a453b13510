// How does a hit reach the receiver, whatever becomes of the page?
//
// A hit is kept in the page's storage until it is known to have arrived, and sent again from the
// next page if it is not. It has an id (`hid`), so that one which comes twice counts once. One
// request is on its way at a time, so that hits arrive in their order; what is made meanwhile
// goes with the next, or in a beacon as the page is left.

const KEPT = '_vj_out';
// A visitor who is offline for long does not fill the page's storage.
const MOST = 50;
// The Measurement Protocol takes no older ones.
const OLDEST = 12 * 3600;
// Browsers let 64 KiB outlive a page.
const LONGEST = 60000;

// Without it only a beacon outlives its page; but a beacon does not tell what became of it.
const KEEPALIVE = 'Request' in window && 'keepalive' in Request.prototype;

// Hits are [Unix seconds, urlencoded line]. Other pages of the site write here as well.
const kept = () => {
  try {
    return JSON.parse(read(KEPT)).filter(([at]) => now() - at < OLDEST);
  } catch {
    return [];
  }
};
const keep = (hits) => write(KEPT, JSON.stringify(hits.slice(-MOST)));

// Lines that this page has sent, and sends again only when something has got through.
const sent = new Set();
let isFlying = false;
let isLeaving = false;
let isAlone = false;

const nextBatch = () => {
  const batch = [];
  let length = 0;
  for (const hit of kept()) {
    if (sent.has(hit[1])) continue;
    length += hit[1].length + 1;
    if (batch.length && (isAlone || length > LONGEST)) break;
    batch.push(hit);
  }
  return batch;
};

// What is refused would be refused again; these only ask to wait.
const isForLater = (status) => status >= 500 || status === 408 || status === 429;
const isRefused = (status) => status >= 400 && !isForLater(status);

// What became of a batch: the status of the answer, or 503 where there was none.
const land = (batch, status) => {
  isFlying = false;
  const lines = batch.map(([, line]) => line);
  if (isRefused(status) && batch.length > 1) {
    // Which of them? Each goes alone.
    isAlone = true;
    lines.forEach((line) => sent.delete(line));
  } else if (!isForLater(status)) {
    keep(kept().filter(([, line]) => !lines.includes(line)));
    if (!isRefused(status)) sent.clear();
  }
  flush();
};

const transmit = (batch) => {
  const lines = batch.map(([at, line]) => (now() - at > 1 ? `${line}&et=${at}` : line));
  const body = lines.join('\n');
  batch.forEach(([, line]) => sent.add(line));
  if (KEEPALIVE && !isLeaving) {
    isFlying = true;
    const keepalive = body.length <= LONGEST;
    fetch(COLLECT, { method: 'POST', body, keepalive, credentials: 'omit' })
      // Only at its end does an answer give back its share of what may outlive the page.
      .then((answer) => answer.text().then((why) => {
        if (isRefused(answer.status)) warn(why);
        return answer.status;
      }))
      .catch(() => 503)
      .then(safely((status) => land(batch, status)));
    return;
  }
  if (!navigator.sendBeacon?.(COLLECT, body)) {
    lines.forEach((line) => { new Image().src = `${COLLECT}?${line}`; });
  }
  // Of a beacon of the last moment the next page cannot know, so it sends the same again.
  if (isLeaving) flush();
  else land(batch, 200);
};

const flush = safely(() => {
  if (isFlying && !isLeaving) return;
  const batch = nextBatch();
  if (batch.length) transmit(batch);
  else isAlone = false;
});

addEventListener('pagehide', () => {
  isLeaving = true;
  flush();
});
addEventListener('pageshow', ({ persisted }) => {
  // A page that the visitor has gone back to, as it was left.
  if (persisted) isLeaving = isFlying = false;
});
addEventListener('online', () => {
  sent.clear();
  flush();
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
    keep([...kept(), [now(), `${line}`]]);
    // What is made in one go is sent in one go, before the page can do anything else.
    queueMicrotask(flush);
  }
  callLater(callback, ctx);
};
