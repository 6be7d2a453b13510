"""The tag is a small file that anybody may load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from visitjoin.receiver.tag import the_tag

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver


@pytest.mark.parametrize("path", ["/tag.js", "/watch.js", "/metrika/tag.js", "/metrika/watch.js"])
def test_the_tag_is_there_without_a_token_and_under_the_paths_of_metrica(
    shared: Receiver, path: str
) -> None:
    answer = shared.client.get(path)

    assert answer.content == the_tag().script
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_who_has_the_tag_is_told_so_and_sent_nothing(shared: Receiver) -> None:
    first = shared.client.get("/tag.js")

    again = shared.client.get("/tag.js", headers={"If-None-Match": first.headers["ETag"]})

    assert "max-age=3600" in first.headers["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_who_takes_no_gzip_is_sent_none(shared: Receiver) -> None:
    packed = shared.client.get("/tag.js")
    plain = shared.client.get("/tag.js", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_a_head_request_is_answered_without_the_tag(shared: Receiver) -> None:
    answer = shared.client.head("/tag.js")

    assert (answer.status_code, answer.content) == (200, b"")


def test_the_tag_is_a_few_kilobytes() -> None:
    tag = the_tag()
    print(f"{len(tag.packed):,} bytes on the way, {len(tag.script):,} unpacked")  # noqa: T201

    assert len(tag.packed) < 5 * 1024
    assert len(tag.script) < 13 * 1024
