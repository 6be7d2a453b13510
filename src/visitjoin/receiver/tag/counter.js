// What can a page ask of a counter? The calls of Metrica's tag.

const counters = {};
// Calls of counters that are not there yet.
const early = {};

// As Metrica's tag cuts it.
const LONGEST_TITLE = 400;

// What Metrica's tag does beyond counting, and what is counted without being asked for.
const HARMLESS = [
  'accurateTrackBounce', 'addFileExtension', 'clickmap', 'enableAll', 'extLink', 'file',
  'firstPartyParams', 'firstPartyParamsHashed', 'notBounce', 'replacePhones', 'trackLinks',
];
const nothing = (...args) => args.forEach((arg) => callLater(arg?.callback, arg?.ctx));

// Parameters that cannot be written down do not cost the goal that they came with.
const json = safely((value) => {
  if (isObject(value) && Object.keys(value).length) return JSON.stringify(value);
  return undefined;
});

const callsOf = (id, options, isOpen) => {
  let page = '';
  let from = document.referrer;
  let first = options;

  const send = (fields, callback, ctx) => {
    if (isOpen()) post({ tid: id, cid: visitor(), ...fields }, callback, ctx);
  };
  const event = (fields, callback, ctx) =>
    send({ t: 'event', dl: location.href, ...fields }, callback, ctx);

  const calls = {
    hit(url, title, referer, params, callback, ctx) {
      const more = isObject(title) ? title : { title, referer, params, callback, ctx };
      const next = url ? absolute(url) : location.href;
      // A page of the site itself is the referrer of the next: an advertisement is so once only.
      if (page && next !== page) from = page;
      page = next;
      const begun = first;
      first = {};
      send(
        {
          t: 'pageview',
          dl: page,
          dr: more.referer ? absolute(more.referer) : from,
          dt: String(more.title ?? document.title).slice(0, LONGEST_TITLE),
          sr: `${screen.width}x${screen.height}x${screen.colorDepth}`,
          params: json(more.params) ?? json(begun.params),
        },
        more.callback,
        more.ctx,
      );
      // A visit begins with a view of a page: what belongs to it has waited.
      if (json(begun.userParams)) calls.userParams(begun.userParams);
      if (begun.ecommerce) watchProducts(begun.ecommerce, event);
    },

    reachGoal(target, params, callback, ctx) {
      if (typeof params === 'function') {
        calls.reachGoal(target, undefined, params, callback);
        return;
      }
      const { order_price: ev, currency: cu } = params || {};
      event({ ea: target, ev, cu, params: json(params) }, callback, ctx);
    },

    params(params, callback, ctx) {
      event({ params: json(params) }, callback, ctx);
    },

    userParams(params, callback, ctx) {
      event({ params: json({ __ymu: params }) }, callback, ctx);
    },

    setUserID(userId, callback, ctx) {
      if (typeof userId === 'string' || typeof userId === 'number') {
        calls.params({ __ym: { user_id: String(userId) } }, callback, ctx);
      } else {
        warn('setUserID takes a string or a number');
      }
    },

    getClientID(callback) {
      callLater(callback, undefined, visitor());
      return visitor();
    },

    destruct() {
      delete counters[id];
      delete window[`yaCounter${id}`];
    },
  };
  return calls;
};

const open = safely((counter, options) => {
  const { id } = options;
  counters[id] = counter;
  const calls = callsOf(id, options, () => counters[id] === counter);
  HARMLESS.forEach((name) => { calls[name] = nothing; });
  for (const [name, call] of Object.entries(calls)) counter[name] = safely(call);
  if (NAME === 'ym') window[`yaCounter${id}`] = counter;
  safely(keepClick)();
  if (!options.defer) counter.hit();
  if (options.trackHash) addEventListener('hashchange', () => counter.hit());
  if (options.triggerEvent) document.dispatchEvent(new Event(`yacounter${id}inited`));
  const waiting = early[id] || [];
  delete early[id];
  waiting.forEach(([name, ...args]) => run(counter, name, args));
});

// new Ya.Metrika2({id: 1, …}); an older page calls new Ya.Metrika(1).
function Counter(given) {
  const options = isObject(given) ? { ...given } : { id: given };
  options.id = Number.parseInt(options.id, 10);
  if (counters[options.id]) return counters[options.id];
  if (options.id > 0) open(this, options);
  else warn('a counter needs its number');
}
