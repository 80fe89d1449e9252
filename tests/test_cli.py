"""The contract of docs/cli.md: what outside scripts rely on. Searching is in test_cli_search.py, measuring in test_cli_eval.py."""

from __future__ import annotations

import json
import re
import sqlite3

import click
import pytest

from cli import main
from tests import small_files as make
from tests.command import ROOT, Command


@pytest.fixture
def kb(tmp_path):
    return Command(tmp_path)


def commands(group: click.Group, path: str = "kb"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


# The real program: streams, encoding, exit codes


def test_streams_and_exit_codes_of_the_real_program(kb, tmp_path):
    """One good and one bad file, on a terminal that is not UTF-8."""
    good = make.statute_md(tmp_path / "办法.md", "江城市旧城改造办法", make.RENEWAL)
    bad = tmp_path / "空.txt"
    bad.touch()
    started = kb.process("ingest", good, bad, "--json", PYTHONIOENCODING="gbk")
    out, err = started.communicate()
    first, second = (json.loads(line) for line in out.decode("utf-8").splitlines())
    assert (first["status"], second["status"]) == ("added", "rejected")
    assert err == b""
    assert started.returncode == 1


def test_warnings_go_to_standard_error_and_an_empty_result_is_no_failure(kb):
    started = kb.process("search", "民法典第二百四十三条", "--json")
    out, err = started.communicate()
    assert (started.returncode, out) == (0, b"[]\n")
    assert "库中没有《民法典》第二百四十三条" in err.decode()


def test_an_unknown_command_is_wrong_usage(kb):
    started = kb.process("serch", "过渡费")
    out, err = started.communicate()
    assert (started.returncode, out) == (2, b"")
    assert "没有 serch 这个命令" in err.decode()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["search"], "缺少 QUERY"),
        (["search", "甲", "乙"], "多余的参数 乙"),
        (["search", "甲", "--kind", "law"], "--kind 只能是 case、article、digest、other、all"),
        (["search", "甲", "--k", "0"], "--k 应为 1 到 1000 的整数"),
        (["search", "甲", "--k"], "--k 的写法不对"),
        (["search", "甲", "--colour"], "没有 --colour 这个选项"),
        (["ingest"], "缺少 PATHS"),
        (["ingest", ".", "--visibility", "restricted"], "--reader"),  # restricted to nobody is a slip
        (["ingest", ".", "--on-duplicate", "ask"], "--on-duplicate 只能是 add、skip、replace"),
        (["eval"], "缺少 --queries"),
        (["eval", "--queries", "没有.jsonl"], "--queries 应为已有的文件"),
        (["laws", "add"], "请写明法规名称"),
        (["laws", "drop"], "没有 drop 这个命令"),
        (["state", "doc-1", "gone"], "STATE 只能是 draft、published、withdrawn"),
        (["visibility", "doc-1", "restricted"], "--reader"),  # restricted to nobody is a slip here too
        (["--loud"], "没有 --loud 这个选项"),
        ([], "用法：kb"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_chinese_sentence(kb, args, sentence):
    answer = kb(*args, code=2)
    assert sentence in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(("name", "command"), list(commands(main)), ids=lambda v: v if isinstance(v, str) else "")
def test_every_command_has_help_that_ends_with_an_example_and_stands_in_the_docs(name, command):
    last = (command.help or "").strip().splitlines()[-1].strip()
    assert last.startswith(f"例：{name}")
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"`{name} " in page or f"`{name}`" in page
    for option in (max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)):
        assert re.search(rf"`[^`]*{option}\b[^`]*`", page), option


def test_help_is_chinese(kb):
    shown = kb("search", "--help").out
    assert shown.startswith("用法：kb search")
    assert "显示本说明" in shown
    assert "Show this" not in shown


# ingest


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A library with one file of each format, and what was said of each."""
    folder = tmp_path_factory.mktemp("filled")
    files = folder / "files"
    (files / "下级").mkdir(parents=True)
    make.statute_md(files / "办法.md", "江城市旧城改造办法", make.RENEWAL)
    make.compilation_docx(files / "汇编.docx")
    make.pages_pdf(files / "判决.pdf")
    make.page_html(files / "问答.html")
    make.notice_txt(files / "下级" / "通知.txt")
    make.case_md(files / "案例.md", "李某诉某县人民政府案", "鱼塘被填平。", "应当先补偿。", id="made-1")
    (files / "~$汇编.docx").write_bytes(b"litter of a word processor")
    (files / ".DS_Store").write_bytes(b"litter of a file manager")
    kb = Command(folder)
    return kb, files, kb("ingest", files, "--json").lines


@pytest.mark.parametrize(
    ("name", "kind", "units"),
    [
        ("办法.md", "statute", 6),  # 第十七条之一 counts
        ("汇编.docx", "compilation", 2),
        ("判决.pdf", "judgment", 1),
        ("案例.md", "case", 1),
        ("问答.html", "other", 2),
        ("下级/通知.txt", "other", 1),  # GB18030, in a folder within the folder
    ],
)
def test_each_format_is_read_and_counted(filled, name, kind, units):
    _, files, lines = filled
    (line,) = [line for line in lines if line["path"] == str((files / name).resolve())]
    assert set(line) >= {"id", "path", "status", "kind", "units", "chunks", "reason"}
    assert (line["status"], line["kind"], line["units"], line["reason"]) == ("added", kind, units, None)
    assert line["chunks"] >= units


def test_litter_is_passed_over(filled):
    assert len(filled[2]) == 6


def test_get_shows_what_was_read(filled):
    kb, _, lines = filled
    for line in lines:
        whole = kb("get", line["id"], "--json").json
        assert set(whole) >= {"id", "kind", "title", "text"}
        assert (whole["id"], whole["kind"]) == (line["id"], line["kind"])
        for unit in whole["units"]:
            one = kb("get", unit["id"], "--json").json
            span = slice(None) if one["id"] == line["id"] else slice(one["start"], one["end"])
            assert one["text"] == whole["text"][span]


def test_pages_of_a_pdf_and_text_of_a_gb18030_file(filled):
    kb, _, lines = filled
    ids = {line["path"].rsplit("/", 1)[-1]: line["id"] for line in lines}
    pdf = kb("get", ids["判决.pdf"], "--json").json
    assert [page["number"] for page in pdf["pages"]] == [1, 2]
    second = pdf["text"][pdf["pages"][1]["start"] :]
    assert second.startswith("经审理查明")
    assert "由街道上门发放电暖器" in kb("get", ids["通知.txt"], "--json").json["text"]
    html = kb("get", ids["问答.html"], "--json").json["text"]
    assert "阁楼层高不足二点二米" in html
    assert "首页" not in html  # the menu is no text


def test_stats_and_check_of_a_sound_library(filled):
    kb, _, _ = filled
    stats = kb("stats", "--json").json
    assert stats["documents"] == 6
    assert stats["units"] == {"article": 6, "case": 4, "other": 3}
    assert kb("check", "--json").json == {"ok": True, "problems": []}


def test_every_plain_answer_is_chinese_text(filled):
    kb, _, lines = filled
    assert "文件 6 份" in kb("stats").out
    assert kb("check").out == "资料库完好\n"
    assert "江城市旧城改造办法" in kb("list").out
    assert "来源：" in kb("search", "过渡补贴").out
    assert "江城市旧城改造办法" in kb("get", lines[0]["id"]).out + kb("get", lines[-1]["id"]).out + kb("list").out
    assert [e["id"] for e in kb("list", "--json").json][::-1] == [line["id"] for line in lines]


def test_the_same_bytes_change_nothing_whatever_the_path(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    (added,) = kb("ingest", file, "--json").lines
    (again,) = kb("ingest", file, "--json").lines
    assert (again["status"], again["id"], again["units"]) == ("unchanged", added["id"], 6)
    copy = tmp_path / "乙.md"
    copy.write_bytes(file.read_bytes())
    (elsewhere,) = kb("ingest", copy, "--json").lines
    assert (elsewhere["status"], elsewhere["id"], elsewhere["path"]) == ("unchanged", added["id"], str(copy.resolve()))
    assert kb("stats", "--json").json["documents"] == 1


def test_new_bytes_at_the_same_path_replace(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    (added,) = kb("ingest", file, "--json").lines
    make.statute_md(file, "江城市旧城改造办法", make.RENEWAL | {"21": "拆下的旧砖旧瓦归住户所有。"})
    (replaced,) = kb("ingest", file, "--json").lines
    assert (replaced["status"], replaced["id"], replaced["units"]) == ("replaced", added["id"], 7)
    assert kb("search", "旧砖旧瓦归谁", "--json").json[0]["article"] == "第二十一条"
    assert kb("check", "--json").json["ok"]


@pytest.mark.parametrize(
    ("option", "status", "documents"),
    [
        ([], "added", 2),  # nearly the same text is somebody's to judge
        (["--on-duplicate", "add"], "added", 2),
        (["--on-duplicate", "skip"], "unchanged", 1),
        (["--on-duplicate", "replace"], "replaced", 1),
    ],
)
def test_nearly_the_same_text_in_another_file(kb, tmp_path, option, status, documents):
    first = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    near = make.statute_md(tmp_path / "乙.md", "江城市旧城改造办法", make.RENEWAL | {"20": "本办法自公布之日起施行！"})
    (one,) = kb("ingest", first, "--json").lines
    (two,) = kb("ingest", near, *option, "--json").lines
    assert two["status"] == status
    assert (two["id"] == one["id"]) is (documents == 1)
    assert (two["reason"] is None) is (documents == 2)
    assert kb("stats", "--json").json["documents"] == documents


def test_a_draft_is_found_only_when_asked_for_and_after_publication(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    (line,) = kb("ingest", file, "--draft", "--json").lines
    assert kb("search", "过渡补贴", "--json").json == []
    assert kb("search", "过渡补贴", "--drafts", "--json").json
    kb("state", line["id"], "published")
    assert kb("search", "过渡补贴", "--json").json
    kb("state", line["id"], "withdrawn")
    assert kb("search", "过渡补贴", "--drafts", "--json").json == []
    assert kb("check", "--json").json["ok"]


def test_who_may_see_a_file_can_be_widened_and_narrowed(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    (line,) = kb("ingest", file, "--json").lines
    for wish, seen in ((("restricted", "--reader", "李某"), "受限（李某）"), (("public",), "公开")):
        assert seen in kb("visibility", line["id"], *wish).out
        assert kb("get", line["id"], "--json").json["visibility"] == wish[0]
    assert "没有编号" in kb("visibility", "doc-0", "public", code=1).err


def test_a_restricted_file_keeps_its_readers(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    (line,) = kb("ingest", file, "--visibility", "restricted", "--reader", "李", "--json").lines
    assert kb("get", line["id"], "--json").json["visibility"] == "restricted"
    assert kb("search", "过渡补贴", "--json").json  # the command line is the administrator


# remove, check, rebuild, config


def test_a_removed_document_is_gone_everywhere(kb, tmp_path):
    (line,) = kb("ingest", make.compilation_docx(tmp_path / "汇编.docx"), "--json").lines
    hit = kb("search", "搬家补助", "--json").json[0]
    assert kb("remove", line["id"], "--json").json == {"id": line["id"], "removed": True}
    assert kb("search", "搬家补助", "--json").json == []
    for gone in (line["id"], hit["id"]):
        answer = kb("get", gone, "--json", code=1)
        assert answer.out == ""
        assert gone in answer.err
    assert kb("check", "--json").json == {"ok": True, "problems": []}
    assert kb("stats", "--json").json["documents"] == 0


def test_removing_what_is_not_there(kb):
    assert kb("remove", "doc-000000000000", "--json", code=1).json == {"id": "doc-000000000000", "removed": False}


def test_check_tells_of_damage_and_ends_with_1(kb, tmp_path):
    kb("ingest", make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL))
    with sqlite3.connect(tmp_path / "home" / "library.db") as damage:
        damage.execute("update versions set text = '短'")
    found = kb("check", "--json", code=1).json
    assert found["ok"] is False
    assert "越出" in found["problems"][0]


def test_rebuild_needs_no_source_file(kb, tmp_path):
    file = make.statute_md(tmp_path / "甲.md", "江城市旧城改造办法", make.RENEWAL)
    kb("ingest", file)
    before = kb("search", "过渡补贴", "--json").json
    file.unlink()
    assert kb("rebuild", "--json").json == {"chunks": 6}
    assert kb("search", "过渡补贴", "--json").json == before


def test_config_keeps_a_setting(kb):
    assert kb("config", "province").out == "未设置\n"
    kb("config", "province", "湖北省")
    assert kb("config", "province").out == "湖北省\n"
