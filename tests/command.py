"""The command line as an outside script sees it: exit code, standard output, standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cli import main

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """A JSON value for each line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """`kb` with a library and a cache of its own under `folder`, in this process: a start costs a second."""

    def __init__(self, folder: Path) -> None:
        self.env = {"KB_HOME": str(folder / "home"), "KB_CACHE": str(folder / "cache"), "KB_EMBEDDER": "fake"}

    def __call__(self, *args: object, code: int = 0) -> Answer:
        """Run it; `code` is the exit code that is expected."""
        result = CliRunner(env=self.env).invoke(main, [str(a) for a in args], prog_name="kb")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return Answer(result.exit_code, result.stdout, result.stderr)

    def process(self, *args: object, **env: str) -> subprocess.Popen[bytes]:
        """The real program in a process of its own."""
        script = Path(sys.executable).with_name("kb")
        start = [str(script)] if script.exists() else [sys.executable, "-m", "cli"]
        return subprocess.Popen(
            [*start, *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | self.env | env,
        )
