// Who is this? The ClientID, in the first-party cookies that Metrica's own tag uses.

const DAY = 24 * 3600;
const YEAR = 365 * DAY;

// A page in a sandboxed frame may not even ask for its cookies.
const cookie = (name) => {
  try {
    return document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
  } catch {
    return undefined;
  }
};

const setCookie = (name, value, seconds, domain) => {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${value}; path=/; max-age=${seconds}; SameSite=Lax${domain}${secure}`;
};

// The widest domain that takes a cookie: browsers refuse those under which anybody may register.
let widest;
const findWidest = () => {
  const labels = location.hostname.split('.');
  for (let from = labels.length - 1; from >= 0; from -= 1) {
    const domain = `; domain=${labels.slice(from).join('.')}`;
    setCookie('_ym_try', 1, 9, domain);
    if (cookie('_ym_try')) {
      setCookie('_ym_try', '', 0, domain);
      return domain;
    }
  }
  return '';
};

const keepCookie = (name, value, seconds) => {
  try {
    widest ??= findWidest();
    setCookie(name, value, seconds, widest);
  } catch {
    // The visitor is a new one on every page, and counted.
  }
};

// Text all the way: 17 to 19 digits do not fit into a number of JavaScript. Storage has it in
// quotes, as Metrica's tag writes it.
const asId = (text) => /^"?(\d{1,20})"?$/.exec(text)?.[1];

const findOrMake = () => {
  const inCookie = asId(cookie('_ym_uid'));
  const id = inCookie || asId(read('_ym_uid')) || `${now()}${1e6 + random(999e6)}`;
  // `_ym_d` is when it was written. Written again after half its time, or it would end one day.
  if (!inCookie || !(now() - cookie('_ym_d') < YEAR / 2)) {
    keepCookie('_ym_uid', id, YEAR);
    keepCookie('_ym_d', now(), YEAR);
  }
  write('_ym_uid', `"${id}"`);
  return id;
};

// Nothing is written before a counter asks, so a page may wait for consent with `init`.
let clientId;
const visitor = () => (clientId ??= findOrMake());

// For the order form of the shop. A conversion is linked at most 21 days after the click.
const keepClick = () => {
  const yclid = new URLSearchParams(location.search).get('yclid');
  if (yclid) keepCookie('_vj_yclid', encodeURIComponent(yclid), 21 * DAY);
};
