"""How far a run is, on the terminal; silent where standard error is not one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from visitjoin.cli.console import remark
from visitjoin.contract.uploads import Uploading
from visitjoin.sender.run.telling import Step, Telling


@contextmanager
def following() -> Iterator[Telling]:
    """Show the step, the bytes sent and the status while the context lasts."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("connecting", total=None)

        def sent(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        def status(uploading: Uploading) -> None:
            bar.update(
                task, description=f"uploading {uploading.id}: {uploading.status}", total=None
            )

        def step(name: Step) -> None:
            bar.update(task, description=_WORDS.get(name, name.value))

        yield Telling(step=step, sent=sent, status=status, remark=remark)


_WORDS: Final = {
    Step.CHECKING: "checking the table",
    Step.TRACKING: "waiting for the last status",
    Step.REPORTING: "asking what became of each row",
}
