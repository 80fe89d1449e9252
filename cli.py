"""The terminal door: `kb`. With --json, standard output is JSON only; progress and warnings go to standard error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cli_laws import laws
from views.console import Group, as_json, bar, open_library, put, viewer

if TYPE_CHECKING:
    from kb.base import OnDuplicate, Progress
    from kb.search.engine import Mode


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="zhengjian", prog_name="kb", message="征鉴 %(version)s", help="显示版本")
def main() -> None:
    """征鉴：旧改征迁先例与规则库。资料库在 $KB_HOME（默认 ~/.zhengjian）。"""


@main.command()
@click.option("--model-only", is_flag=True, help="只准备向量模型和法规数据，不建资料库")
@click.option("--again", is_flag=True, help="逐一核对默认内容，并重新装入曾被移除的")
@as_json
def init(model_only: bool, again: bool, machine: bool) -> None:
    """准备模型，并装入默认资料库（法规、条文要旨、案例）；可随时中断，再次运行会接着做。

    例：kb init
    """
    from ingest.library import fill, prepare
    from views import terminal

    with bar("向量模型和法规数据") as show:
        prepare(show)
    if model_only:
        return
    kb = open_library()
    with bar("默认资料库") as show:
        filled = fill(kb, viewer(), show, again=again)
    with bar("建立索引") as show:
        kb.indexes.follow(dense=False, progress=show)
    for outcome in filled.rejected:
        click.echo(outcome.reason, err=True)
    stats = kb.stats(viewer())
    if machine:
        put({"added": filled.added, "replaced": filled.replaced, "unchanged": filled.unchanged, **stats})
    else:
        click.echo(
            f"默认资料库就绪：新增 {filled.added}、更新 {filled.replaced}、未变 {filled.unchanged}；"
            f"现有文件 {stats['documents']} 份，{terminal.units(stats)}"
        )
    if filled.rejected:
        sys.exit(1)


#: New chunks from which the index is brought up to date at once; fewer are the next search's, which needs the words anyway.
_MANY = 500


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="入库为待审，不进入检索")
@click.option(
    "--visibility",
    type=click.Choice(["public", "internal", "restricted"]),
    default="internal",
    help="公开、内部（默认）、受限",
)
@click.option("--reader", "readers", multiple=True, help="受限文件的可读人，可写多次")
@click.option(
    "--on-duplicate",
    type=click.Choice(["add", "skip", "replace"]),
    default="add",
    help="与库中文件相同或基本相同时：照常加入（默认）、跳过、替换",
)
@as_json
def ingest(
    paths: tuple[Path, ...], draft: bool, visibility: str, readers: tuple[str, ...], on_duplicate: str, machine: bool
) -> None:
    """把文件或文件夹入库：PDF、DOCX、Markdown、HTML、TXT。

    例：kb ingest 典型案例汇编.pdf 法规文件夹/
    """
    from ingest import ingest as run
    from ingest.readers import READERS
    from ingest.run import Options
    from kb import KBError, State, Visibility
    from views import records, terminal

    if visibility == "restricted" and not readers:
        raise click.UsageError("受限文件须用 --reader 写明可读人")
    options = Options(
        State.DRAFT if draft else State.PUBLISHED,
        Visibility(visibility),
        readers,
        cast("OnDuplicate", on_duplicate),
    )
    kb = open_library()
    found, failed, pieces = False, False, 0
    with bar("入库") as show:

        def progress(path: Path, index: int, count: int) -> Progress:
            show(index * 100, count * 100)
            return lambda done, of: show(index * 100 + done * 100 // max(of, 1), count * 100)

        for outcome in run(paths, kb, viewer(), options, progress):
            found, failed = True, failed or outcome.status == "rejected"
            pieces += outcome.chunks
            if machine:
                put(records.outcome(outcome))
            else:
                click.echo(terminal.outcome(outcome), err=outcome.status == "rejected")
    if not found:
        raise KBError(f"{'、'.join(map(str, paths))} 里没有可入库的文件，可用 {'、'.join(READERS)}")
    if pieces > _MANY:
        kb.indexes.follow(dense=False)
    if failed:
        sys.exit(1)


@main.command()
@click.argument("query")
@click.option(
    "--kind", type=click.Choice(["case", "article", "digest", "other", "all"]), default="all", help="只找一类"
)
@click.option("--k", "k", type=click.IntRange(1, 1000), default=10, help="条数，默认 10")
@click.option("--drafts", is_flag=True, help="连待审文件一起找")
@as_json
def search(query: str, kind: str, k: int, drafts: bool, machine: bool) -> None:
    """检索类案和条文：一句话、一个法律术语、条号，或一段案情。

    例：kb search "过渡费迟迟不发,安置房也没盖好"
    """
    from kb import UnitKind
    from views import records, terminal

    kb = open_library()
    kinds = None if kind == "all" else frozenset({UnitKind(kind)})
    with bar("更新索引") as show:
        kb.indexes.follow(progress=show)
    results = kb.search(query, viewer(), kinds=kinds, k=k, drafts=drafts)
    for note in results.notes:
        click.echo(note, err=True)
    if machine:
        put([records.hit(h) for h in results.hits])
    else:
        click.echo(terminal.results(results, color=sys.stdout.isatty()))


@main.command()
@click.argument("any_id", metavar="ID")
@as_json
def get(any_id: str, machine: bool) -> None:
    """看一份文件、一条条文或一件案例的全文；编号取自检索结果或 kb list。

    例：kb get spc-2014-02
    """
    from kb.store.reading import Whole
    from views import records, terminal

    kb = open_library()
    found = kb.get(any_id, viewer())
    text = None
    if not isinstance(found, Whole):
        text = kb.text_of(found, viewer())
    if machine:
        put(records.item(found, text))
    else:
        click.echo(terminal.item(found, text))


@main.command(name="list")
@as_json
def list_(machine: bool) -> None:
    """列出库中全部文件，新的在前。

    例：kb list
    """
    from kb.records import as_json as plain
    from views import terminal

    entries = open_library().documents(viewer())
    if machine:
        put([plain(e) for e in entries])
    else:
        click.echo(terminal.entries(entries))


@main.command()
@click.argument("doc_id", metavar="ID")
@as_json
def remove(doc_id: str, machine: bool) -> None:
    """把一份文件连同全部版本移出资料库，立即检索不到。

    例：kb remove doc-3f2a9c01b7de
    """
    removed = open_library().remove(doc_id, viewer())
    if machine:
        put({"id": doc_id, "removed": removed})
    else:
        click.echo(
            f"已移除 {doc_id}" if removed else f"库中没有编号为 {doc_id} 的文件，可用 kb list 查看", err=not removed
        )
    if not removed:
        sys.exit(1)


@main.command()
@click.argument("doc_id", metavar="ID")
@click.argument("state", type=click.Choice(["draft", "published", "withdrawn"]))
def state(doc_id: str, state: str) -> None:
    """改变文件状态：draft 待审、published 发布、withdrawn 撤回（立即检索不到）。

    例：kb state doc-3f2a9c01b7de published
    """
    from kb import State
    from views.words import STATE

    open_library().set_state(doc_id, State(state), viewer())
    click.echo(f"{doc_id}：{STATE[state]}")


@main.command()
@click.argument("doc_id", metavar="ID")
@click.argument("scope", type=click.Choice(["public", "internal", "restricted"]))
@click.option("--reader", "readers", multiple=True, help="受限文件的可读人，可写多次")
def visibility(doc_id: str, scope: str, readers: tuple[str, ...]) -> None:
    """改变谁能看一份文件：public 公开、internal 内部、restricted 受限（用 --reader 写明可读人）。

    例：kb visibility doc-3f2a9c01b7de restricted --reader 李某
    """
    from kb import Visibility
    from views.words import VISIBILITY

    if (scope == "restricted") != bool(readers):
        raise click.UsageError("受限文件须用 --reader 写明可读人；公开和内部文件不写")
    open_library().set_visibility(doc_id, Visibility(scope), viewer(), readers)
    click.echo(f"{doc_id}：{VISIBILITY[scope]}" + (f"（{'、'.join(readers)}）" if readers else ""))


@main.command()
@click.argument("key", type=click.Choice(["province", "model"]))
@click.argument("value", required=False)
def config(key: str, value: str | None) -> None:
    """看或改本库的设置：province 所在省份（用于效力位阶），model 向量模型。

    例：kb config province 湖北省
    """
    kb = open_library()
    if value is None:
        click.echo(kb.setting(key) or "未设置")
        return
    kb.set_setting(key, value, viewer())
    click.echo(f"{key} = {value}")


@main.command()
@as_json
def stats(machine: bool) -> None:
    """库里有多少文件、条文、案例和片段。

    例：kb stats
    """
    from views import terminal

    found = open_library().stats(viewer())
    if machine:
        put(found)
    else:
        click.echo(
            f"文件 {found['documents']} 份：{terminal.units(found)}；片段 {found['chunks']}；模型 {found['model'] or '未用'}"
        )


@main.command()
@as_json
def check(machine: bool) -> None:
    """检查资料库是否完好，索引与数据库是否一致。

    例：kb check
    """
    with bar("检查") as show:
        problems = open_library().check(show)
    if machine:
        put({"ok": not problems, "problems": problems})
    else:
        click.echo("\n".join(problems) if problems else "资料库完好")
    if problems:
        sys.exit(1)


@main.command()
@click.option("--model", "again", is_flag=True, help="用当前模型重新生成全部向量（较慢）")
@as_json
def rebuild(again: bool, machine: bool) -> None:
    """由数据库重建全部索引，不读原文件，也不运行模型。

    例：kb rebuild
    """
    kb = open_library()
    with bar("重建索引") as show:
        if again:
            kb.embed_again(viewer(), show)
        kb.rebuild(show)
    stats = kb.stats(viewer())
    if machine:
        put({"chunks": stats["chunks"]})
    else:
        click.echo(f"索引已重建，片段 {stats['chunks']}")


@main.command(name="eval")
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="条文语料，每行一个 JSON")
@click.option("--mode", type=click.Choice(["dense", "lexical", "hybrid"]), default="hybrid")
@click.option("--vectors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="现成的向量（.npy）")
@as_json
def evaluate(queries: Path, corpus: Path | None, mode: str, vectors: Path | None, machine: bool) -> None:
    """用带标准答案的问题集测量检索质量和用时；不写 --corpus 时在本库的案例中测。

    例：kb eval --corpus statutes.jsonl.gz --queries dev.jsonl --json
    """
    from kb import UnitKind, settings
    from kb import evaluate as measure
    from kb.embed.load import load
    from views import terminal

    judged = measure.read_queries(queries)
    with bar("评测") as show:
        if corpus is None:
            found = measure.evaluate(
                open_library(),
                judged,
                mode=cast("Mode", mode),
                kinds=frozenset({UnitKind.CASE}),
                progress=show,
            )
        else:
            embedder = load(settings.embedder(), settings.cache())
            opened = measure.open_corpus(corpus, embedder, settings.cache(), vectors, show)
            opened.kb.indexes.follow(progress=show)
            found = measure.evaluate(opened.kb, judged, mode=cast("Mode", mode), ids=opened.ids, progress=show)
            found["articles"] = opened.articles
    if machine:
        put(found)
    else:
        click.echo(terminal.measures(found))


main.add_command(laws)

if __name__ == "__main__":
    main()
