"""`kb laws`: the statute package."""

from __future__ import annotations

import sys

import click

from views.console import Group, as_json, bar, open_library, put, viewer


@click.group(cls=Group)
def laws() -> None:
    """法规数据包：查看、补充法规，更正时效。"""


@laws.command(name="list")
@as_json
def laws_list(machine: bool) -> None:
    """数据包里有哪些法规，各有多少条，数据包怎样标注时效（部分为推断）。

    例：kb laws list
    """
    from ingest import laws as package
    from kb import settings
    from kb.records import as_json as plain

    found = package.names(package.database(settings.cache()))
    if machine:
        put([plain(law) for law in found])
    else:
        click.echo("\n".join(f"{law.name}\t{law.articles} 条\t{law.version}\t{law.label}" for law in found))


@laws.command(name="add")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="数据包中的全部法规")
@as_json
def laws_add(names: tuple[str, ...], everything: bool, machine: bool) -> None:
    """从数据包补充法规。

    例：kb laws add 森林法 仲裁法
    """
    from ingest import laws as package
    from ingest.library import add_laws
    from kb import settings
    from views import records, terminal

    if bool(names) == everything:
        raise click.UsageError("请写明法规名称，或用 --all 装入全部")
    database = package.database(settings.cache())
    wanted = (
        [law.name for law in package.names(database)] if everything else [package.find(database, n).name for n in names]
    )
    kb = open_library()
    failed = False
    with bar("法规") as show:
        for outcome in add_laws(kb, viewer(), database, [package.select(name) for name in dict.fromkeys(wanted)], show):
            failed |= outcome.status == "rejected"
            if machine:
                put(records.outcome(outcome))
            else:
                click.echo(terminal.outcome(outcome), err=outcome.status == "rejected")
    with bar("建立索引") as show:
        kb.indexes.follow(dense=False, progress=show)
    if failed:
        sys.exit(1)


@laws.command(name="status")
@click.argument("name")
@click.argument("status", type=click.Choice(["现行有效", "已修改", "已废止", "尚未施行"]))
@click.option("--source", required=True, help="谁说的，例如：国家法律法规数据库 2026-11-20 查询")
def laws_status(name: str, status: str, source: str) -> None:
    """更正一部法规的时效，并写明依据；记在 corpus/laws.tsv，库中同步更新。

    例：kb laws status 农村土地承包法 现行有效 --source "国家法律法规数据库 2026-11-20 查询"
    """
    from ingest import laws as package
    from ingest.library import add_laws
    from kb import KBError, settings

    database = package.database(settings.cache())
    law = package.find(database, name).name
    package.set_status(law, status, source)
    kb = open_library()
    for outcome in add_laws(kb, viewer(), database, [package.select(law)]):
        if outcome.status == "rejected":
            raise KBError(outcome.reason or law)
    click.echo(f"{law}：{status}（{source}）")
