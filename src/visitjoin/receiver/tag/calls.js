// How do the calls reach their counters: those made while the tag was loading, and all later ones?

const run = (counter, name, args) => {
  if (typeof counter[name] === 'function') {
    counter[name](...args);
  } else {
    warn(`no such call: ${name}`);
    nothing(...args);
  }
};

const call = safely((given, name, ...args) => {
  const id = Number.parseInt(given, 10);
  if (name === 'init') new Counter({ ...args[0], id });
  else if (counters[id]) run(counters[id], name, args);
  else (early[id] ||= []).push([name, ...args]);
});

// Empties a queue and has it answer at once from now on: the page may still hold it.
const takeOver = (queue, answer) => {
  const waiting = queue.splice(0);
  queue.push = (...more) => more.forEach(answer);
  waiting.forEach(answer);
};

const before = window[NAME];
if (!before?.visitjoin) {
  const queue = before?.a || [];
  window[NAME] = Object.assign(call, { a: queue, l: before?.l, visitjoin: true });
  takeOver(queue, (args) => call(...args));
  if (NAME === 'ym') {
    window.Ya = Object.assign(window.Ya || {}, { Metrika: Counter, Metrika2: Counter });
    // Of the older snippets, by the versions of Metrica's tag.
    for (const name of ['yandex_metrika_callbacks', 'yandex_metrika_callbacks2']) {
      takeOver((window[name] ||= []), (callback) => safely(callback)());
    }
  }
}
