"""How far a run is, where several files leave at once."""

from concurrent.futures import ThreadPoolExecutor

from visitjoin.cli.progress import Sent


def test_files_that_leave_at_once_are_told_together() -> None:
    sent = Sent()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert one.submit(sent.add, 10, 100).result() == (10, 100)
        assert other.submit(sent.add, 20, 50).result() == (30, 150)
        assert one.submit(sent.add, 100, 100).result() == (120, 150)
        assert one.submit(sent.add, 5, 200).result() == (125, 350)


def test_a_file_that_did_not_get_through_is_not_counted_twice() -> None:
    sent = Sent()
    sent.add(60, 100)

    assert sent.add(10, 100) == (10, 100)
