"""`login`, `logout` and `whoami` as processes, and that a token is never in what they print."""

import fcntl
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Running
from tests.sender.tokens.yandex import Yandex, yandex_server

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def yandex() -> Iterator[Yandex]:
    with yandex_server() as server:
        yield server


class User:
    """Somebody with a home of their own, who runs `visitjoin` and reads all that it prints."""

    def __init__(self, home: Path, api: str) -> None:
        self.home = home
        self.printed = ""
        self.variables = {
            name: value for name, value in os.environ.items() if not name.startswith("VISITJOIN_")
        } | {
            "XDG_CONFIG_HOME": str(home / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "VISITJOIN_API": api,
        }

    def __call__(self, *words: str, stdin: str = "", code: int = 0, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "visitjoin", *words],
            input=stdin,
            env=self.variables | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def logs_in(self, yandex: Yandex, *words: str, **variables: str) -> str:
        """Go the whole way: read the address that is printed, allow, type the code."""
        process = subprocess.Popen(
            [sys.executable, "-m", "visitjoin", "login", *words],
            env=self.variables | {"VISITJOIN_OAUTH": yandex.address} | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        head = [process.stdout.readline(), process.stdout.readline()]
        out, err = process.communicate(yandex.allow(head[1].strip()) + "\n", timeout=60)
        text = "".join(head) + out + err
        self.printed += text
        assert process.returncode == 0, text
        return text


@pytest.fixture
def user(tmp_path: Path, running: Running) -> User:
    return User(tmp_path, running.address)


def test_the_codes_whole_way_ends_with_a_kept_token(
    user: User, running: Running, yandex: Yandex
) -> None:
    """The OAuth server gives out a token of the receiver, so that the next commands work."""
    yandex.token = running.token

    told = user.logs_in(yandex, "--client-id", yandex.client_id)
    seen = user("whoami", "--identity", yandex.address)
    user("counters", "list")

    assert f"The token for {running.address} is in the file {user.home}" in told
    assert "(364 days)" in told
    assert "owner     ivan, id 1000034426" in seen
    assert f"token     from the file {user.home}" in seen
    assert "expires   20" in seen
    assert running.token not in user.printed


def test_a_keyring_keeps_the_token_between_processes(
    user: User, running: Running, yandex: Yandex
) -> None:
    yandex.token = running.token
    user.variables |= {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "PYTHON_KEYRING_BACKEND": "tests.sender.tokens.rings.FiledKeyring",
        "KEYRING_PROPERTY_FILE": str(user.home / "ring.json"),
    }

    user.logs_in(yandex, "--client-id", yandex.client_id)
    assert "token     from the keyring (" in user("whoami")
    assert "Deleted from the keyring" in user("logout")
    assert "No token for" in user("whoami", code=2)

    assert not (user.home / "config").exists()
    assert running.token not in user.printed


def test_a_receivers_token_comes_from_standard_input(user: User, running: Running) -> None:
    user("login", "--token-stdin", stdin=f"{running.token}\n")

    assert "expires   not known" in user("whoami")
    assert "counter" in user("check", "--counter", "999999", code=1)
    assert "Deleted from the file" in user("logout")
    assert "No token was kept." in user("logout")
    assert running.token not in user.printed


def test_check_says_where_the_token_is_from(user: User, running: Running) -> None:
    with running.shop() as shop:
        counter = str(shop.counter_id)
    (user.home / "token").write_text(running.token)
    named = ("check", "--counter", counter, "--token-file", str(user.home / "token"))

    assert f"token    from the file {user.home / 'token'}" in user(*named)
    assert "token    from VISITJOIN_TOKEN" in user(*named, VISITJOIN_TOKEN=running.token)
    assert '"token_from": "the file' in user(*named, "--json")
    assert running.token not in user.printed


def test_a_token_that_ends_soon_is_told_and_one_that_ended_stops_the_command(
    user: User, running: Running
) -> None:
    user("login", "--token-stdin", "--expires", "2999-01-01", stdin=running.token)
    assert "expires in" not in user("counters", "list")

    user("login", "--token-stdin", "--expires", "2001-01-01", stdin=running.token)
    told = user("counters", "list", code=2)

    assert f"The token from the file {user.home}" in told
    assert "expired on 2001-01-01. Get a new one: visitjoin login" in told
    assert running.token not in user.printed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("login", "--client-id", "app-1"), "takes no token of Yandex"),
        (("login", "--token-stdin"), "The token is empty."),
        (("login", "--api", "https://api-metrika.yandex.net"), "Name your application's id"),
        (
            ("login", "--api", "https://api-metrika.yandex.net", "--client-id", "app-1"),
            "No code was given, so nothing was kept.",
        ),
    ],
)
def test_a_login_that_cannot_be_says_what_is_missing(
    user: User, words: tuple[str, ...], message: str
) -> None:
    assert message in user(*words, code=2)
    assert not (user.home / "config").exists()


def test_a_wrong_code_keeps_nothing_and_says_what_to_do(user: User, yandex: Yandex) -> None:
    words = ("login", "--client-id", yandex.client_id, "--oauth", yandex.address)

    told = user(*words, stdin="wrong\n", code=1)

    assert "Run visitjoin login again" in told
    assert not (user.home / "config").exists()


def test_neither_the_applications_secret_nor_the_code_is_printed(
    user: User, yandex: Yandex
) -> None:
    yandex.client_secret = "app-secret-1"  # noqa: S105 - made up

    user.logs_in(yandex, "--client-id", "app-1", VISITJOIN_CLIENT_SECRET="app-secret-1")  # noqa: S106

    assert "app-secret-1" not in user.printed
    assert yandex.token not in user.printed


def test_it_is_told_where_the_variable_hides_what_was_kept(user: User, running: Running) -> None:
    told = user("login", "--token-stdin", stdin=running.token, VISITJOIN_TOKEN=running.token)

    assert "VISITJOIN_TOKEN is set and goes before it" in told


def test_a_token_typed_at_a_terminal_is_not_shown(user: User, running: Running) -> None:
    """On a real pseudo-terminal, which shows what is typed unless it is told not to."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "visitjoin", "login", "--token-stdin"],
        env=user.variables,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread
    )
    os.close(theirs)
    shown = b""
    while b"Token: " not in shown:
        shown += os.read(ours, 1024)
    os.write(ours, f"{running.token}\n".encode())
    while b"Next: visitjoin whoami" not in shown:
        shown += os.read(ours, 1024)
    assert process.wait(timeout=60) == 0
    os.close(ours)

    assert running.token.encode() not in shown
    assert "expires   not known" in user("whoami")
