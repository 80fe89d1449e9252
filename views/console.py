"""How the terminal door talks: one sentence for an error, JSON on request, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from kb.errors import KBError

if TYPE_CHECKING:
    from kb import KnowledgeBase, Viewer
    from kb.base import Progress


class Group(click.Group):
    """Shows a KBError as its one sentence and ends with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KBError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


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
    """One line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A progress bar with an estimate on standard error; quiet where that is not a terminal."""
    from tqdm import tqdm

    with tqdm(desc=label, file=sys.stderr, unit="", leave=False, disable=not sys.stderr.isatty()) as shown:

        def show(done: int, of: int) -> None:
            shown.total = of
            shown.update(done - shown.n)

        yield show
