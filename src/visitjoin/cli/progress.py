"""How far a run is: a bar on the terminal, or JSON lines; silent where neither is wished."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from visitjoin.cli import logs
from visitjoin.cli.console import manner
from visitjoin.contract.uploads import Uploading
from visitjoin.sender.run.send import Telling


@contextmanager
def following() -> Iterator[Telling]:
    """Show the step, the bytes sent and the status while the context lasts."""
    if manner.json_logs:
        yield Telling(step=logs.step, status=logs.status)
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

        yield Telling(
            step=lambda name: bar.update(task, description=name), sent=sent, status=status
        )
