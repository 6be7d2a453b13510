"""Where a token is kept, and which one a run takes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.store import find_token, forget_token, keep_token, kept_token
from visitjoin.sender.tokens.token import Token, token_of

from .rings import FiledKeyring

OURS = "http://127.0.0.1:8080"
ENDS = datetime(2027, 11, 25, tzinfo=UTC)


def _kept(api: str = OURS) -> Token | None:
    found = kept_token(api)
    return found.token if found else None


def test_without_a_keyring_a_token_is_kept_in_a_file_for_its_owner_alone(config: Path) -> None:
    place = keep_token(token_of("secret-1", ENDS), OURS)

    (file,) = (config / "tokens").iterdir()
    assert place == f"the file {file}"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert _kept() == Token(secret="secret-1", expires_at=ENDS)  # noqa: S106 - made up


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    keep_token(token_of("secret-1"), OURS)
    (file,) = (config / "tokens").iterdir()
    file.chmod(mode)

    with pytest.raises(SettingError, match=rf"mode {mode:04o}.*chmod 600") as refusal:
        kept_token(OURS)
    assert "secret-1" not in str(refusal.value)

    file.chmod(0o600)
    assert _kept() == token_of("secret-1")


def test_keeping_a_token_again_mends_the_mode_of_its_file(config: Path) -> None:
    keep_token(token_of("secret-1"), OURS)
    (file,) = (config / "tokens").iterdir()
    file.chmod(0o644)

    keep_token(token_of("secret-2"), OURS)

    assert _kept() == token_of("secret-2")
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_a_token_that_cannot_be_kept_leaves_no_draft_of_it(config: Path) -> None:
    keep_token(token_of("secret-1"), OURS)
    (file,) = (config / "tokens").iterdir()
    file.unlink()
    (file / "in the way").mkdir(parents=True)

    with pytest.raises(SettingError, match="cannot be kept in"):
        keep_token(token_of("secret-1"), OURS)

    assert list(file.parent.iterdir()) == [file]


def test_a_keyring_is_taken_where_there_is_one(config: Path, ring: FiledKeyring) -> None:
    assert keep_token(token_of("secret-1", ENDS), OURS) == "the keyring (rings FiledKeyring)"

    assert not config.exists()
    assert ring.get_password("visitjoin", OURS)
    assert _kept() == token_of("secret-1", ENDS)


@pytest.mark.usefixtures("locked_ring")
def test_a_keyring_that_stays_locked_is_passed_by_when_keeping(config: Path) -> None:
    assert str(config) in keep_token(token_of("secret-1"), OURS)
    assert _kept() == token_of("secret-1")


@pytest.mark.usefixtures("locked_ring")
def test_a_keyring_that_stays_locked_is_told_when_looking() -> None:
    with pytest.raises(SettingError, match=r"does not open \(KeyringLocked\).*--no-keyring"):
        kept_token(OURS)


def test_a_file_can_be_wished_and_a_server_keeps_one_token(ring: FiledKeyring) -> None:
    keep_token(token_of("old"), OURS)
    keep_token(token_of("new"), OURS, in_keyring=False)
    assert _kept() == token_of("new")
    assert ring.get_password("visitjoin", OURS) is None

    keep_token(token_of("newest"), OURS)
    assert _kept() == token_of("newest")
    assert len(forget_token(OURS)) == 1


@pytest.mark.usefixtures("ring")
def test_each_server_has_a_token_of_its_own() -> None:
    keep_token(token_of("ours"), OURS)
    keep_token(token_of("yandex"))

    assert _kept(f"{OURS}/") == token_of("ours")
    assert _kept("http://127.0.0.1:8081") is None
    assert _kept("https://api-metrica.yandex.com") == token_of("yandex")


def test_forgetting_leaves_nothing(config: Path) -> None:
    keep_token(token_of("secret-1"), OURS)

    assert len(forget_token(OURS)) == 1

    assert forget_token(OURS) == ()
    assert _kept() is None
    assert list((config / "tokens").iterdir()) == []


def test_the_variable_goes_before_the_file_and_the_file_before_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "token"
    named.write_text("from-file\n")
    keep_token(token_of("kept"), OURS)

    assert find_token(OURS).token == token_of("kept")
    assert find_token(OURS, token_file=named).token == token_of("from-file")
    assert find_token(OURS, token_file=named).place == f"the file {named}"
    monkeypatch.setenv("VISITJOIN_TOKEN", "from-variable")
    assert find_token(OURS, token_file=named).token == token_of("from-variable")
    assert find_token(OURS, token_file=named).place == "VISITJOIN_TOKEN"


def test_without_any_token_all_ways_to_one_are_named() -> None:
    with pytest.raises(SettingError, match=r"VISITJOIN_TOKEN.*--token-file.*visitjoin login"):
        find_token(OURS)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"\xff\xfe\x00secret", "is not a text"), (None, "cannot be read")],
)
def test_a_token_file_that_holds_none_is_told(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingError, match=message):
        find_token(OURS, token_file=file)


def test_a_damaged_file_is_told_without_a_word_of_it(config: Path) -> None:
    keep_token(token_of("secret-1"), OURS)
    (file,) = (config / "tokens").iterdir()
    file.write_text('{"secret": "secret-1", "expires_at": "secret-1"}')

    with pytest.raises(SettingError, match="not a token that visitjoin kept") as told:
        kept_token(OURS)

    assert "secret-1" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_folder_that_cannot_be_written_is_told(config: Path) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("a file where the folder should be")

    with pytest.raises(SettingError, match="cannot be kept in"):
        keep_token(token_of("secret-1"), OURS)
