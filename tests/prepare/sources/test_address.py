import pytest

from visitjoin.prepare.sources.address import has_password, without_password


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://shop:hunter2@h/shop", 'for "shop" is …'),
        ("postgresql://shop:hunter%32@h/shop", 'for "shop" is …'),
        ("postgresql://shop@h/shop?sslmode=require&password=hunter2", 'for "shop" is …'),
        ("postgresql://shop@h/shop", 'for "shop" is hunter2'),
        ("sqlite:///shop.db", 'for "shop" is hunter2'),
    ],
)
def test_a_password_of_an_address_is_cut_out_of_a_text(uri: str, shown: str) -> None:
    assert without_password('for "shop" is hunter2', uri) == shown
    assert has_password(uri) == ("…" in shown)


def test_an_address_that_cannot_be_cut_apart_may_be_a_password_as_a_whole() -> None:
    uri = "postgresql://shop:hunter2@[bad/shop"

    assert has_password(uri)
    assert without_password(f'missing "]" in {uri}', uri) == 'missing "]" in …'
