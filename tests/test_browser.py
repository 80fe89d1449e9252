"""The app in a real browser: a server of its own, a library of its own, headless Chromium, no request to elsewhere."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kb import KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder
from tests.conftest import case, statute

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright，浏览器测试跳过")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="没有 /usr/bin/chromium，浏览器测试跳过"),
]
expect = playwright.expect
expect.set_options(timeout=30_000)

ROOT = Path(__file__).parent.parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUERY = "过渡费迟迟不发，安置房也没盖好"
HOSTILE = "<script>window.hacked=1</script>停车位案"
PAGES = ("/", f"/?q={QUERY}", "/read", "/library", "/upload", "/setup")


def fill(home: Path, cache: Path) -> None:
    """Forty long cases around the one that is asked for, a statute, and a hostile title."""
    kb = KnowledgeBase.open(home, cache=cache, embedder=FakeEmbedder())
    me = Viewer.local()
    filler = "双方就其他事项另有约定，法院未予审理。\n" * 60
    facts = f"{filler}张某搬迁后过渡费迟迟不发，安置房也一直没盖好。\n{filler}"
    kb.add(case("张某诉某区政府过渡费案", {"基本案情": facts}, court="某中级人民法院", decided="2020-05-06"), me)
    for n in range(5):
        kb.add(case(f"第{n}件采矿权案", {"基本案情": f"采矿许可证第{n}号到期。"}), me)
    kb.add(statute("房屋补偿条例", tuple(f"第{n}类房屋的补偿办法另行规定。" for n in range(1, 60))), me)
    kb.add(case(HOSTILE, {"基本案情": "停车位 <img src=x onerror='window.hacked=1'> 归属不明。"}), me)
    kb.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The address of a real server, stopped at the end."""
    folder = tmp_path_factory.mktemp("app")
    fill(folder / "home", folder / "cache")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "KB_HOME": str(folder / "home"),
        "KB_CACHE": str(folder / "cache"),
        "KB_EMBEDDER": "fake",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in (folder / "log").read_text("utf-8")


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 — our own server
                return
        except OSError:
            assert server.poll() is None, log.read_text("utf-8")
            assert time.monotonic() - began < 120, log.read_text("utf-8")
            time.sleep(0.2)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser):
    made = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def page(context, url):
    """A page that fails the test for a script error or for a request to anywhere but this machine."""
    page = context.new_page()
    foreign: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: None if is_local(r.url) else foreign.append(r.url))
    page.on("websocket", lambda s: None if is_local(s.url) else foreign.append(s.url))
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and not probes(m) else None)
    yield page
    assert not foreign
    assert not errors


def is_local(address: str) -> bool:
    return re.match(r"(?:https?|wss?)://(?:127\.0\.0\.1|localhost)[:/]|data:|blob:|about:", address) is not None


def probes(message) -> bool:
    """On a deep link Streamlit asks for its own address below the page's first, and is told 404."""
    return re.search(r"/\w+/_stcore/(?:health|host-config)$", message.location.get("url", "")) is not None


def ready(page) -> None:
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_function("document.querySelector('.stApp').getAttribute('data-test-script-state') === 'notRunning'")


def box(page):
    return page.get_by_label("案情、问题或条号")


def search(page, query: str) -> None:
    box(page).fill(query)
    box(page).press("Enter")
    expect(page.locator(".hit").first).to_be_visible()
    ready(page)


def test_search_open_and_come_back(page, url):
    page.goto(url)
    ready(page)
    search(page, QUERY)

    hit = page.locator(".hit").first
    expect(hit.locator("h3")).to_have_text("1. 张某诉某区政府过渡费案")
    expect(hit).to_contain_text("某中级人民法院 · 2020-05-06")
    expect(hit.locator("mark").first).to_be_visible()
    expect(hit).to_contain_text("为什么找到：命中词：")
    expect(hit).to_contain_text(re.compile(r"来源：张某诉某区政府过渡费案.*第 \d+–\d+ 字"))

    page.get_by_role("link", name="看全文此处").first.click()
    place = page.locator("#place")
    expect(place).to_be_in_viewport()
    expect(place).to_contain_text("张某搬迁后")
    expect(place.locator("mark").first).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 0  # it stands far down

    page.go_back()
    expect(page.locator(".hit h3").first).to_have_text("1. 张某诉某区政府过渡费案")
    page.get_by_role("link", name="看全文此处").first.click()
    page.get_by_role("link", name="回到检索结果").first.click()
    expect(page.locator(".hit h3").first).to_have_text("1. 张某诉某区政府过渡费案")
    expect(box(page)).to_have_value(QUERY)


def test_reload_keeps_the_search(page, url):
    page.goto(url)
    ready(page)
    search(page, QUERY)
    page.get_by_test_id("stButtonGroup").get_by_text("案例", exact=True).click()
    page.wait_for_url(re.compile("kind=case"))
    page.reload()
    expect(page.locator(".hit").first).to_be_visible()
    expect(box(page)).to_have_value(QUERY)
    expect(page.locator(".hit .kind").first).to_have_text("案例")


def test_the_button_searches_a_pasted_statement_of_several_lines(page, url):
    page.goto(url)
    ready(page)
    box(page).click()
    page.keyboard.insert_text("张某于去年搬迁。\n")
    page.keyboard.press("Shift+Enter")
    page.keyboard.insert_text("过渡费一直没有发放。")
    page.get_by_role("button", name="检索", exact=True).click()
    expect(page.locator(".hit h3").first).to_contain_text("张某诉某区政府过渡费案")
    assert box(page).input_value().count("\n") == 2


def test_upload_find_withdraw_undo_remove(page, url, tmp_path):
    law = tmp_path / "临时停业补助办法.md"
    law.write_text(
        "# 临时停业补助办法\n\n第一条　冰淇淋作坊停业的，按月给予补助。\n\n第二条　补助每季度发放。\n\n第三条　本办法自公布之日起施行。\n",
        "utf-8",
    )
    page.goto(f"{url}/upload")
    ready(page)
    page.locator("input[type=file]").set_input_files(str(law))
    page.get_by_role("button", name="开始入库").click()
    expect(page.get_by_text("已入库：临时停业补助办法.md，识别为法规，条文或案例 3")).to_be_visible()

    query = "冰淇淋作坊停业"
    found = page.locator(".hit h3").filter(has_text="临时停业补助办法")

    def look() -> None:
        page.goto(f"{url}/?q={query}")
        expect(page.locator(".hit").first).to_be_visible()
        ready(page)

    def act(button: str) -> None:
        page.goto(f"{url}/library?filter=临时停业")
        ready(page)
        page.get_by_role("button", name=button, exact=True).click()

    look()
    expect(found.first).to_contain_text("第一条")
    act("撤回")
    expect(page.get_by_text("：已撤回").first).to_be_visible()
    look()
    expect(found).to_have_count(0)
    act("恢复")
    expect(page.get_by_text("：已发布").first).to_be_visible()
    page.get_by_role("button", name="撤销这一步").click()
    expect(page.get_by_text("：已撤回").first).to_be_visible()
    page.get_by_role("button", name="撤销这一步").click()
    expect(page.get_by_text("：已发布").first).to_be_visible()
    look()
    expect(found.first).to_be_visible()
    act("移除")
    page.get_by_test_id("stDialog").get_by_text("取消").click()
    look()
    expect(found.first).to_be_visible()
    act("移除")
    page.get_by_role("button", name="确认移除").click()
    expect(page.get_by_text("已移除《临时停业补助办法》")).to_be_visible()
    look()
    expect(found).to_have_count(0)


def test_a_file_s_markup_does_nothing(page, url):
    page.goto(f"{url}/?q=停车位归属不明")
    expect(page.locator(".hit h3").first).to_have_text(f"1. {HOSTILE}")
    page.get_by_role("link", name="看全文此处").first.click()
    expect(page.locator("#place")).to_contain_text("<img src=x onerror='window.hacked=1'>")
    expect(page.locator("h1")).to_have_text(HOSTILE)
    page.goto(f"{url}/library?filter=停车位案")
    expect(page.locator(".row b")).to_have_text(HOSTILE)
    assert page.evaluate("window.hacked") is None


def test_next_article_and_contents(page, url):
    page.goto(f"{url}/?q=《房屋补偿条例》第十条&kind=article")
    page.get_by_role("link", name="看全文此处").first.click()
    place = page.locator("#place")
    expect(place).to_contain_text("第10类")
    page.get_by_role("link", name="下一条").first.click()
    expect(place).to_contain_text("第十一条")
    page.get_by_role("combobox").click()
    page.keyboard.type("第五十条")
    page.keyboard.press("Enter")
    expect(place).to_contain_text("第五十条")
    expect(place).to_be_in_viewport()


@pytest.mark.parametrize(("width", "scheme"), [(1366, "dark"), (390, "light")])
def test_pages_fit_and_speak_chinese(page, url, width, scheme):
    page.set_viewport_size({"width": width, "height": 768})
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(url + path)
        ready(page)
        main = page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), path
        text = main.inner_text()
        assert not re.search(r"Drag and drop|Browse|per file|Limit|Press Enter|No results|Choose", text), path
        if scheme == "dark":
            assert (
                page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
                != "rgb(255, 255, 255)"
            )
    page.goto(f"{url}/?q={QUERY}")
    mark = page.locator(".hit mark").first
    expect(mark).to_be_visible()
    assert mark.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]") == [
        "rgb(26, 26, 26)",
        "rgb(255, 226, 122)",
    ]


def test_on_paper_there_is_the_text_and_not_the_frame(page, url):
    page.goto(f"{url}/?q={QUERY}")
    expect(page.locator(".hit").first).to_be_visible()
    ready(page)
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("link", name="看全文此处").first).to_be_hidden()
    expect(page.get_by_text(f"检索：{QUERY}")).to_be_visible()
    expect(page.locator(".hit h3").last).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) > 1  # the whole list, not one screen of it


def test_another_host_name_is_refused(url):
    request = urllib.request.Request(url, headers={"Host": "evil.example"})  # noqa: S310 — our own server
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)  # noqa: S310
    assert refused.value.code == 403
    assert "本机" in refused.value.read().decode()
