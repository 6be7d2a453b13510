import pytest

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.token import Found, token_of


def test_a_token_is_in_no_text_of_it() -> None:
    found = Found(token=token_of("secret-1"), place="VISITJOIN_TOKEN")

    assert "secret-1" not in f"{found} {found!r} {found.token} {found.token!r}"


@pytest.mark.parametrize(
    "text", ["", " \n", "two words", "OAuth abc", "a\nb", "токен", "a\u00a0b", "a\x00b"]
)
def test_what_cannot_be_a_token_is_refused_unseen(text: str) -> None:
    with pytest.raises(SettingError) as refusal:
        token_of(text)

    assert not text.strip() or text not in str(refusal.value)


def test_blanks_around_a_token_are_dropped() -> None:
    assert token_of(" y0_abc\r\n").secret == "y0_abc"  # noqa: S105 - made up
