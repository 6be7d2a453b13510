"""A token from Yandex OAuth, by the confirmation code that a person copies from its page.

https://yandex.com/dev/id/doc/en/codes/screen-code: the person opens `authorize`, allows, and sees
a code that lives ten minutes and works once; `token` changes it for a token. Our side proves with
PKCE (RFC 7636; the same page names its parameters) that it is the one who asked: a code that
somebody else has seen is of no use to them, and no application secret needs to lie anywhere.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec
from msgspec import Struct

from visitjoin.contract.errors import Refused, TryLater
from visitjoin.contract.version import __version__
from visitjoin.sender.api.transport import TIMEOUT
from visitjoin.sender.tokens.address import guarded
from visitjoin.sender.tokens.token import Token, token_of

YANDEX_OAUTH: Final = "https://oauth.yandex.ru"

_PATH: Final = "/token"
_VERIFIER_BYTES: Final = 48
"""Of chance; 64 characters in base64url, of the 43 to 128 that RFC 7636, section 4.1, asks for."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One attempt to get a token: where, for which application, and how we prove it is us."""

    client_id: str
    """Of the application, as Yandex OAuth shows it; public."""
    client_secret: str | None = field(default=None, repr=False)
    """Of the application; needed only where the server does not do with PKCE."""
    server: str = YANDEX_OAUTH
    verifier: str = field(
        default_factory=lambda: secrets.token_urlsafe(_VERIFIER_BYTES), repr=False
    )

    @property
    def address(self) -> str:
        """What the person opens. Raises SettingError where the server's address is none."""
        url = guarded(self.server, "The OAuth server's address")
        query = httpx.QueryParams(
            response_type="code",
            client_id=self.client_id,
            code_challenge=self._challenge,
            code_challenge_method="S256",
        )
        return f"{str(url).rstrip('/')}/authorize?{query}"

    def token(self, code: str, now: datetime) -> Token:
        """Change a code for a token. code: as the person copied it. now: aware.

        Raises Refused where the server says no; TryLater where it cannot be reached or is ill;
        SettingError where its address is none.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code.strip(),
            "client_id": self.client_id,
            "code_verifier": self.verifier,
        }
        if self.client_secret:
            form["client_secret"] = self.client_secret
        granted = _granted(_answer(self.server, form))
        return token_of(granted.access_token, _end(granted.expires_in, now))

    @property
    def _challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class _Granted(Struct, frozen=True):
    access_token: str
    expires_in: int | None = None
    """Seconds."""


class _Denied(Struct, frozen=True):
    error: str
    error_description: str = ""


def _answer(server: str, form: dict[str, str]) -> httpx.Response:
    url = guarded(server, "The OAuth server's address")
    try:
        answer = httpx.post(
            f"{str(url).rstrip('/')}{_PATH}",
            data=form,
            headers={"User-Agent": f"visitjoin/{__version__}"},
            timeout=TIMEOUT,
        )
    except httpx.TransportError as error:
        raise TryLater(
            f"{url.host} cannot be reached: {error}", method="POST", path=_PATH
        ) from error
    if answer.is_success:
        return answer
    kind = TryLater if answer.is_server_error else Refused
    said = _denied(answer)
    raise kind(
        _explained(said) if said else answer.reason_phrase or "no explanation",
        method="POST",
        path=_PATH,
        status=answer.status_code,
        error_type=said.error if said else None,
    )


def _denied(answer: httpx.Response) -> _Denied | None:
    try:
        return msgspec.json.decode(answer.content, type=_Denied)
    except msgspec.MsgspecError:
        return None


def _explained(said: _Denied) -> str:
    message = f"{said.error}: {said.error_description}" if said.error_description else said.error
    advice = _ADVICE.get(said.error)
    return f"{message}. {advice}" if advice else message


_STALE: Final = "A code lives ten minutes and works once. Run visitjoin login again for a new one."
_ADVICE: Final = {
    "invalid_grant": _STALE,
    "bad_verification_code": _STALE,
    "invalid_client": (
        "Check the application's id. If the application asks for its secret too, set "
        "VISITJOIN_CLIENT_SECRET or pass --ask-secret."
    ),
}
"""By the error's name (RFC 6749, section 5.2, and the page above)."""


def _granted(answer: httpx.Response) -> _Granted:
    try:
        return msgspec.json.decode(answer.content, type=_Granted)
    except msgspec.MsgspecError:
        # Neither the decoder's message nor the answer is quoted: a token may be in them.
        raise Refused(
            "the answer holds no token", method="POST", path=_PATH, status=answer.status_code
        ) from None


def _end(seconds: int | None, now: datetime) -> datetime | None:
    if seconds is None:
        return None
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        # Yandex's own example answers 124,234,123,534 seconds: such a token does not end.
        return None
