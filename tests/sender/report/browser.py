"""A look at a page with a real browser: does it fit, does it complain?"""

import json
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from string import Template

_FRAME = Template("""<!doctype html>
<iframe style="border: 0; width: ${width}px; height: 900px" srcdoc="${page}"></iframe>
<pre id="seen"></pre>
<script>
addEventListener("load", () => {
  const page = document.querySelector("iframe").contentDocument;
  const width = page.documentElement.clientWidth;
  const inside = node => node.closest(".wide, .unseen, svg, .bars thead");
  const wide = [...page.querySelectorAll("body *")]
    .filter(node => !inside(node) && node.getBoundingClientRect().right > width + 1);
  const found = wide.map(node => `$${node.tagName} $${node.className}`);
  if (page.documentElement.scrollWidth > width) found.push("the page itself");
  document.getElementById("seen").textContent = JSON.stringify(found);
});
</script>
""")


@dataclass(frozen=True)
class Seen:
    """What the browser saw."""

    overflowing: list[str]
    """Elements that reach beyond the page's width."""
    complaints: list[str]
    """Lines of the console."""


@dataclass(frozen=True)
class Browser:
    """A Chromium without a screen."""

    command: str
    folder: Path

    def look(self, page: Path, *, width: int) -> Seen:
        """Open a page in a frame of a width: a window of Chromium's is never as narrow."""
        text = page.read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
        frame = self.folder / "frame.html"
        frame.write_text(_FRAME.substitute(width=width, page=text), encoding="utf-8")
        done = subprocess.run(
            [
                self.command,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                f"--user-data-dir={self.folder / 'profile'}",
                "--window-size=1400,1000",
                "--dump-dom",
                frame.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        seen = re.search(r'<pre id="seen">(.+?)</pre>', done.stdout, re.DOTALL)
        assert seen, done.stdout[-2000:]
        complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return Seen(json.loads(unescape(seen[1])), complaints)
