"""How the terminal door talks: one sentence for an error, JSON on request, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from views import usage

if TYPE_CHECKING:
    from kb import KnowledgeBase, Viewer
    from kb.base import Progress


class Group(usage.Group):
    """Ends with 1 after a KBError, shown as its one sentence, and with 2 after wrong usage."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            _end(usage.sentence(error), 2)
        except click.Abort:
            _end("已中断；再次运行会接着做", 1)
        except Exception as error:
            # Imported here: help and wrong usage must not wait for the library's own imports.
            from kb.errors import KBError

            if not isinstance(error, KBError):
                raise
            _end(str(error), 1)
        sys.exit(code or 0)


def _end(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)


as_json = click.option("--json", "machine", is_flag=True, help="标准输出只有 JSON")


def open_library() -> KnowledgeBase:
    """The library of $KB_HOME. What a command needs is imported when it runs: help must not wait for the model."""
    from kb import KnowledgeBase

    return KnowledgeBase.open()


def viewer() -> Viewer:
    """The command line acts as the local administrator."""
    from kb import Viewer

    return Viewer.local()


def put(value: object) -> None:
    """One line of JSON, in UTF-8 whatever the terminal's encoding."""
    click.echo(json.dumps(value, ensure_ascii=False).encode())


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A progress bar with an estimate on standard error; quiet where that is not a terminal."""
    from tqdm import tqdm

    with tqdm(
        desc=label,
        file=sys.stderr,
        leave=False,
        disable=not sys.stderr.isatty(),
        bar_format="{desc} {percentage:3.0f}%|{bar}| 已用 {elapsed}，约剩 {remaining}",
    ) as shown:

        def show(done: int, of: int) -> None:
            shown.total = of
            shown.update(done - shown.n)

        yield show
