"""A browser without a screen: it keeps cookies, follows links and fills in forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

WORD: Final = re.compile(r'name="form_word" value="(\w+)"')
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class Browsing:
    """One browser over a receiver in the test's own process."""

    receiver: Receiver

    @classmethod
    def anew(cls, receiver: Receiver, token: str | None = None) -> Browsing:
        """A browser without cookies; signed in where a token is given."""
        receiver.client.cookies.clear()
        browsing = cls(receiver)
        if token is not None:
            assert browsing.send("/sign-in", at="/sign-in", token=token).status_code == 303
        return browsing

    def get(self, path: str, **headers: str) -> httpx.Response:
        return _led(self.receiver.client.get(path, headers=headers, follow_redirects=False))

    def text(self, path: str) -> str:
        """What a page says, once it has its figures."""
        for _ in range(500):
            answer = self.get(path)
            assert answer.status_code == 200, answer.text
            if "data-every" not in answer.text:
                return said(answer)
        raise AssertionError("The page never has its figures.")

    def send(self, path: str, *, at: str, **fields: str) -> httpx.Response:
        """Send the form of the page `at` to a path."""
        word = WORD.search(self.get(at).text)
        assert word, f"no form at {at}"
        return self.post(path, data={"form_word": word[1], **fields})

    def drop(self, path: str, name: str, table: str | bytes) -> httpx.Response:
        """Drop a file onto the page of uploads."""
        word = WORD.search(self.get(path).text)
        assert word, f"no form at {path}"
        return self.post(path, data={"form_word": word[1]}, files={"file": (name, table)})

    def post(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx takes it
        return _led(self.receiver.client.post(path, follow_redirects=False, **more))


def _led(answer: httpx.Response) -> httpx.Response:
    """An answer whose redirection is a path of the receiver, as a browser understands it."""
    if there := answer.headers.get("location"):
        answer.headers["location"] = answer.url.join(there).raw_path.decode()
    return answer


def said(answer: httpx.Response) -> str:
    """The words of a page, without its tags."""
    text = re.sub(r"(?s)<(title|textarea)>.*?</\1>", " ", answer.text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"(?s)<[^>]*>", " ", text)))
