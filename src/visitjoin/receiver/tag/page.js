// What does the page say to the tag, and how does the tag keep out of the page's way?

const script = document.currentScript;
const said = { ...window.visitjoin, ...script?.dataset };

// Another name lets the tag stand beside Metrica's own, which takes `ym`.
const NAME = said.name || 'ym';

// Beside the file that was loaded, under whatever prefix a proxy has: /m/tag.js -> /m/collect.
const beside = (src) => new URL(/\/metrika\/[^/]*$/.test(src) ? '../collect' : 'collect', src).href;

const now = () => Math.floor(Date.now() / 1000);

const random = (below) => crypto.getRandomValues(new Uint32Array(1))[0] % below;

const isObject = (value) => typeof value === 'object' && value !== null;

let warned = false;
const warn = (why) => {
  if (!warned) console.warn('visitjoin:', why);
  warned = true;
};

// No fault of ours becomes a fault of the page.
const safely = (action) => (...args) => {
  try {
    return action(...args);
  } catch (fault) {
    warn(fault);
  }
};

// What the page hands over is called outside of our own work, so that its faults stay its own.
const callLater = (callback, ctx, ...args) => {
  if (typeof callback === 'function') setTimeout(() => callback.apply(ctx, args));
};

const absolute = safely((url) => new URL(url, location.href).href);

const COLLECT = said.collect ? absolute(said.collect) : script?.src && safely(beside)(script.src);
if (!COLLECT) warn('where to send? Set window.visitjoin = {collect: "https://…/collect"}');

// A page may be denied its storage, or have filled it: then what is kept lasts as long as the page.
const memory = {};
const read = (key) => {
  try {
    return memory[key] ?? localStorage.getItem(key);
  } catch {
    return null;
  }
};
const write = (key, value) => {
  try {
    localStorage.setItem(key, value);
    delete memory[key];
  } catch {
    memory[key] = value;
  }
};
