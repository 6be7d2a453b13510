// What moves on the console's pages. Without it everything works, by loading a page again.

// A part of a page that says how often (data-every, in seconds) is asked for anew until it no
// longer does. What has become of it is said to who cannot see it (data-said).
const part = () => document.getElementById("live");

async function renew() {
  const old = part();
  if (!old || !old.dataset.every) return;
  if (document.hidden) return later(old);
  try {
    const answer = await fetch(location.href, { headers: { "X-Part": "live" } });
    if (answer.status === 401) return location.reload();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (fresh) take(old, fresh);
    }
  } catch {
    // The receiver is away for a moment: ask again.
  }
  later(part());
}

function take(old, fresh) {
  // Who is reading or typing in it is not disturbed by what is the same.
  if (old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
  else if (!fresh.dataset.every) delete old.dataset.every;
  const said = fresh.dataset.said;
  if (said && said !== old.dataset.said) document.getElementById("said").textContent = said;
}

function later(live) {
  if (live?.dataset.every) setTimeout(renew, 1000 * Number(live.dataset.every));
}

later(part());

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button && form.dataset.busy) {
      button.setAttribute("aria-disabled", "true");
      if (button.classList.contains("main")) button.textContent = form.dataset.busy;
      document.getElementById("said").textContent = form.dataset.busy;
    }
  });
}
// Who comes back by the browser's button may send it again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// A table is dropped anywhere on the field, and checked at once.
for (const drop of document.querySelectorAll("form.drop")) {
  const input = drop.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    drop.requestSubmit(drop.querySelector("button"));
  });
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // the clipboard needs TLS or the machine itself
    }
    document.getElementById("said").textContent = button.dataset.done;
    button.textContent = button.dataset.done;
  });
}
