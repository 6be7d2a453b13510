"""How far a run is: a bar on the terminal, or JSON lines; silent where neither is wished."""

from collections.abc import Iterator
from contextlib import contextmanager
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
