import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitjoin.receiver.intake.multipart import Body, receive_file
from visitjoin.receiver.refusals import Refusal

HEAD = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="deals.csv"\r\n\r\n'
TAIL = b"\r\n--xx--\r\n"
OTHER = b'--xx\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'


def _receive(
    to: Path,
    *chunks: bytes,
    content_type: str = "multipart/form-data; boundary=xx",
    length: int | None = None,
    largest: int = 1_000_000,
) -> str:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    body = Body(stream=stream(), content_type=content_type, length=length)
    return asyncio.run(receive_file(body, to=to, largest=largest))


def test_the_part_named_file_goes_to_disk_and_its_name_is_answered(tmp_path: Path) -> None:
    name = _receive(tmp_path / "source", OTHER + HEAD + b"a,b\r\n1,2\r\n" + TAIL)

    assert name == "deals.csv"
    assert (tmp_path / "source").read_bytes() == b"a,b\r\n1,2\r\n"


@given(
    content=st.binary(max_size=300).filter(lambda content: b"\r\n--xx" not in content),
    cuts=st.lists(st.integers(0, 400), max_size=8),
)
def test_however_the_body_is_cut_into_chunks_the_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: Sequence[int]
) -> None:
    to = tmp_path_factory.mktemp("spool") / "source"
    body = HEAD + content + TAIL
    edges = sorted({0, len(body), *(min(cut, len(body)) for cut in cuts)})
    chunks = [body[a:b] for a, b in pairwise(edges)]

    _receive(to, *chunks)

    assert to.read_bytes() == content


@pytest.mark.parametrize(
    ("body", "error_type"),
    [
        (OTHER + b"--xx--\r\n", "missing_parameter"),
        (b"", "missing_parameter"),
        (HEAD + b"a,b\r\n1,2\r\n", "invalid_uploading"),
        (HEAD + b"a,b" + TAIL[:-6], "invalid_uploading"),
        (b"a,b\n1,2\n", "invalid_uploading"),
        (HEAD + b"a\r\n" + HEAD + b"b" + TAIL, "invalid_uploading"),
    ],
)
def test_a_body_without_one_whole_file_is_refused(
    tmp_path: Path, body: bytes, error_type: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        _receive(tmp_path / "source", body)

    assert refusal.value.fault.error_type == error_type


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",  # set by hand, and so without what the library would have added
        "multipart/form-data; boundary=yy",
        "multipart/mixed; boundary=xx",
        "application/json",  # set by a client for every call
        "application/x-yametrika+json",
        "text/csv",
        "",
    ],
)
def test_a_form_is_known_by_its_first_boundary_whatever_the_header_says(
    tmp_path: Path, content_type: str
) -> None:
    name = _receive(tmp_path / "source", HEAD + b"a,b\n" + TAIL, content_type=content_type)

    assert name == "deals.csv"
    assert (tmp_path / "source").read_bytes() == b"a,b\n"


@pytest.mark.parametrize(
    "content_type",
    ["text/csv", "text/csv; charset=utf-8", "application/octet-stream", "application/json", ""],
)
def test_a_body_without_parts_is_the_file_itself(tmp_path: Path, content_type: str) -> None:
    chunks = [b"--a,", b"b\r\n1,", b"2\r\n"]

    name = _receive(tmp_path / "source", *chunks, content_type=content_type)

    assert name == ""
    assert (tmp_path / "source").read_bytes() == b"".join(chunks)


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"a,b\n1,2\n", "multipart/form-data", "with a boundary"),
        (b"a,b\n1,2\n", "multipart/form-data; boundary=xx", "boundary that its header names"),
        (b'{"file": "a,b"}', "application/json", "is JSON"),
        (rb'"ClientId,Target\n17,order_paid\n"', "application/json", "is JSON"),
        (HEAD.replace(b'"file"', b'"data"') + b"a,b" + TAIL, "text/csv", "It has `data`"),
        (HEAD.replace(b"\r\n", b"\n") + b"a,b" + TAIL, "text/csv", "invalid line break"),
        (b"--xx\r\nContent-Type: text/csv\r\n\r\na,b" + TAIL, "", "missing Content-Disposition"),
        (HEAD[:-2] + b"Content-Transfer-Encoding: base64\r\n\r\nYQ==" + TAIL, "", "as they are"),
        (OTHER * 101 + HEAD + b"a,b" + TAIL, "text/csv", "maximum segment count exceeded"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_what_to_change(
    tmp_path: Path, body: bytes, content_type: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        _receive(tmp_path / "source", body, content_type=content_type)


def test_a_body_that_announces_too_much_is_not_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="1,000 bytes"):
        _receive(tmp_path / "source", HEAD, length=1_000_000, largest=1_000)

    assert not (tmp_path / "source").exists()


def test_a_body_that_announces_nothing_is_stopped_at_the_limit(tmp_path: Path) -> None:
    chunks = [HEAD, *[b"x" * 100_000] * 40, TAIL]

    with pytest.raises(Refusal, match="1,000 bytes"):
        _receive(tmp_path / "source", *chunks, largest=1_000)

    assert (tmp_path / "source").stat().st_size < 2_000_000
