"""Help and usage errors of the command line in Chinese, in place of click's own English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

_SECTIONS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
#: How a message of our own begins, and none of click's.
_CHINESE = re.compile(r"[㐀-鿿]")


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：" if prefix is None else prefix)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(_SECTIONS.get(name, name)):
            yield


class _Context(click.Context):
    formatter_class = _Formatter


def _in_chinese(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示本说明"
    return option


class Command(click.Command):
    """A command whose help is Chinese."""

    context_class = _Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **kwargs})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))


class Group(click.Group):
    """A group whose help is Chinese, and which names its commands where one does not exist."""

    context_class = _Context
    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", "subcommand_metavar": "命令 …", **kwargs})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"没有 {args[0]} 这个命令，可用 {'、'.join(self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def sentence(error: click.UsageError) -> str:
    """What was wrong with the call, and the line that shows how it is meant."""
    message = error.format_message() if _CHINESE.match(error.message or "") else _translated(error)
    if message.startswith("用法："):  # no argument at all: click hands over the whole help
        return message
    if error.ctx is None:
        return message
    return f"{message}\n{error.ctx.get_usage()}\n说明见 {error.ctx.command_path} --help"


def _translated(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            return f"缺少 {_name(param)}"
        case click.BadParameter(param=click.Parameter() as param):
            return f"{_name(param)} {_accepted(param)}"
        case click.NoSuchOption():
            options = [] if error.ctx is None else [o for p in error.ctx.command.params for o in p.opts if o[:1] == "-"]
            return f"没有 {error.option_name} 这个选项" + (f"，可用 {'、'.join(options)}" if options else "")
        case click.BadOptionUsage():
            return f"{error.option_name} 的写法不对：要有值的选项后面须有一个值，其余的不带值"
    extra = re.search(r"extra arguments? \((.*)\)", error.message)
    return f"多余的参数 {extra[1]}" if extra else "用法不对"


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.metavar or (param.name or "").upper()


def _accepted(param: click.Parameter) -> str:
    match param.type:
        case click.Choice(choices=choices):
            return f"只能是 {'、'.join(map(str, choices))}"
        case click.IntRange(min=low, max=high):
            return f"应为 {low} 到 {high} 的整数"
        case click.Path():
            return "应为已有的文件"
    return "的值不对"
