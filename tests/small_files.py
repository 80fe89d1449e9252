"""A small file of each format for the tests of the command line; every sentence in them is ours."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import docx
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from kb.law.numerals import ArticleNumber

#: Articles of a made-up local rule; 第十七条之一 is an inserted one.
RENEWAL = {
    "16": "改造项目立项前，应当听取片区内住户的意见，听取意见的时间不少于二十日。",
    "17": "签约率达到九成的，改造协议方可生效。",
    "17-1": "电梯加装与改造同步进行的，加装费用由住户与改造单位各半分担。",
    "18": "改造期间的临时周转房，由改造单位按人均十五平方米提供。",
    "19": "住户自行过渡的，每月领取过渡补贴，逾期一个月加发一成。",
    "20": "本办法自公布之日起施行。",
}

JUDGMENT_PAGES = (
    (
        "江城市中级人民法院",
        "行 政 判 决 书",
        "（2021）江01行初88号",
        "原告周某，男，住江城市临江区。",
        "被告江城市临江区人民政府。",
        "原告周某诉称，区政府未与其签订协议便拆除了豆腐作坊，请求确认违法。",
        "被告江城市临江区人民政府辩称，豆腐作坊没有登记。",
    ),
    (
        "经审理查明，2020年6月，临江区人民政府组织人员拆除了周某的豆腐作坊。",
        "本院认为，豆腐作坊虽未登记，拆除之前仍应当调查认定，径行拆除没有依据。",
        "依照《中华人民共和国行政诉讼法》第七十四条之规定，判决如下：",
        "确认被告江城市临江区人民政府拆除原告豆腐作坊的行为违法。",
        "审判长　吴某",
        "二〇二一年九月三日",
    ),
)

#: Title, facts, outcome, reasons.
CASES = (
    (
        "钱某诉江城市临江区住房保障局补偿协议案",
        "钱某签订协议后，住房保障局拖欠搬家补助十一个月。",
        "住房保障局向钱某支付搬家补助。",
        "协议约定的搬家补助到期未付，构成违约。",
    ),
    (
        "孙某诉江城市征收事务中心信息公开案",
        "孙某申请公开片区的分户评估结果，征收事务中心答复不予公开。",
        "撤销答复，责令重新答复。",
        "分户评估结果应当在片区内公示，不属于个人隐私。",
    ),
)


def statute_md(path: Path, law: str, articles: Mapping[str, str]) -> Path:
    """A statute; articles by number (17-1 is 第十七条之一), their paragraphs divided by line breaks."""
    bodies = [f"{ArticleNumber.parse(n).chinese}　" + body.replace("\n", "\n\n") for n, body in articles.items()]
    path.write_text("\n\n".join([f"# {law}", *bodies]) + "\n", encoding="utf-8")
    return path


def case_md(path: Path, title: str, facts: str, reasons: str, **front: str) -> Path:
    """One case as the library's own case files are written; `front` goes into the front matter."""
    head = "".join(f"{key}: {value}\n" for key, value in {"type": "case", "title": title, **front}.items())
    text = f"---\n{head}---\n\n# {title}\n\n## 基本案情\n\n{facts}\n\n## 裁判理由\n\n{reasons}\n"
    path.write_text(text, encoding="utf-8")
    return path


def compilation_docx(path: Path, cases: Sequence[tuple[str, str, str, str]] = CASES) -> Path:
    """A compilation of cases, each with facts, outcome and reasons."""
    document = docx.Document()
    document.add_heading("江城市旧城改造典型案例汇编", 0)
    for title, *texts in cases:
        document.add_heading(title, 1)
        for name, text in zip(("基本案情", "裁判结果", "裁判理由"), texts, strict=True):
            document.add_heading(name, 2)
            document.add_paragraph(text)
    document.save(str(path))
    return path


def pages_pdf(path: Path, pages: Sequence[Sequence[str]] = JUDGMENT_PAGES) -> Path:
    """Lines on pages, in a font that every viewer brings along."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    sheet = canvas.Canvas(str(path), pagesize=A4)
    for lines in pages:
        sheet.setFont("STSong-Light", 12)
        for row, line in enumerate(lines):
            sheet.drawString(72, 760 - 24 * row, line)
        sheet.showPage()
    sheet.save()
    return path


def encrypted_pdf(path: Path) -> Path:
    """Opens with a password only."""
    writer = PdfWriter(clone_from=PdfReader(pages_pdf(path)))
    writer.encrypt("mima", algorithm="RC4-128")
    writer.write(path)
    return path


def page_html(path: Path) -> Path:
    """A web page with a menu beside its text."""
    path.write_text(
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>江城市旧改问答</title></head><body>"
        "<nav><a href='/'>首页</a><a href='/a'>返回</a></nav><article><h1>江城市旧改问答</h1>"
        "<h2>租住公房的住户怎么办</h2><p>租住直管公房的住户，可以选择置换公房，也可以退租后领取退租补助。</p>"
        "<h2>阁楼算不算面积</h2><p>阁楼层高不足二点二米的部分，不计入应补面积，另按装修折价。</p></article></body></html>",
        encoding="utf-8",
    )
    return path


def notice_txt(path: Path) -> Path:
    """Plain text in GB18030, as old office machines write it."""
    text = "关于做好冬季停暖片区住户慰问的通知\n\n各街道：\n停暖片区尚未搬走的住户，由街道上门发放电暖器，并登记老人名单。\n"
    path.write_bytes(text.encode("gb18030"))
    return path


def archive(path: Path) -> Path:
    """A ZIP archive, whatever the path's suffix says."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("照片清单.csv", "编号,位置\n")
    return path
