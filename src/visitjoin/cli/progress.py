"""How far a run is: a bar on the terminal, or JSON lines; silent where neither is wished."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from visitjoin.cli import logs
from visitjoin.cli.console import manner, remark
from visitjoin.contract.uploads import Uploading
from visitjoin.sender.run.telling import Step, Telling


@contextmanager
def following() -> Iterator[Telling]:
    """Show the step, the bytes sent and the status while the context lasts."""
    if manner.json_logs:
        yield Telling(step=logs.step, status=logs.status, remark=remark)
        return
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=manner.quiet or not console.is_terminal
    ) as bar:
        task = bar.add_task("connecting", total=None)

        all_files = Sent()

        def sent(done: int, total: int) -> None:
            completed, of_all = all_files.add(done, total)
            bar.update(task, completed=completed, total=of_all)

        def status(uploading: Uploading) -> None:
            bar.update(
                task, description=f"uploading {uploading.id}: {uploading.status}", total=None
            )

        def step(name: Step) -> None:
            bar.update(task, description=_WORDS.get(name, name.value))

        yield Telling(step=step, sent=sent, status=status, remark=remark)


class Sent:
    """Bytes of all files together, where several leave at once, each in a thread of its own."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._lock = Lock()
        self._of_threads: dict[int, tuple[int, int]] = {}
        self._finished = 0

    def add(self, done: int, total: int) -> tuple[int, int]:
        """Take what is sent of this thread's file, and its size; return both of all files."""
        with self._lock:
            before, size = self._of_threads.get(get_ident(), (0, 0))
            # A thread that begins again has another file, or the same where it did not get through.
            if before == size and done < before:
                self._finished += size
            self._of_threads[get_ident()] = (done, total)
            sent, sizes = map(sum, zip(*self._of_threads.values(), strict=True))
            return self._finished + sent, self._finished + sizes


_WORDS: Final = {
    Step.CHECKING: "checking the table",
    Step.TRACKING: "waiting for the last status",
    Step.REPORTING: "asking what became of each row",
}
