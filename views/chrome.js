// What Streamlit's own frame lacks: Chinese for its few fixed words, Enter to search, a print button, the page's language.
(() => {
  if (window.zhengjian) return;
  window.zhengjian = true;
  document.documentElement.lang = "zh-CN";

  const words = {
    "Drag and drop files here": "把文件拖到这里",
    "Drag and drop a file here": "把文件拖到这里",
    "Browse files": "选择文件",
    "Upload": "选择文件",
    "Add files": "继续添加",
    "No results": "没有符合的选项",
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "Connection error": "与本机程序的连接断开了",
    "Connecting": "正在连接",
    "CONNECTING": "正在连接",
    "Please wait...": "请稍候…",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "请确认启动征鉴的窗口还开着；如已关闭，请重新启动，然后刷新本页：",
    "streamlit run yourscript.py": "./start",
    "Page not found": "没有这个页面",
    "The page that you have requested does not seem to exist. Running the app's main page.": "没有这个网址，已打开首页。",
    "View less": "收起",
    "View more": "更多",
    "Close": "关闭",
    "Clear value": "清除",
    "Clear all": "全部清除",
    "Collapse sidebar": "收起菜单",
    "Expand sidebar": "展开菜单",
    "Open": "展开",
    "Remove file": "移除此文件",
    "Cancel upload": "取消上传",
    "Skip to main content": "跳到正文",
    "Sidebar": "菜单",
    "App pages": "页面",
    "file upload": "选择文件",
    "Increment": "加一",
    "Decrement": "减一",
  };
  const patterns = [
    [/^(?:Limit )?(\d+) ?MB per file(?: • (.*))?$/, (_, size, types) => `每个文件不超过 ${size} MB` + (types ? `（${types}）` : "")],
    [/^Showing page (\d+) of (\d+)$/, (_, page, of) => `第 ${page} 页，共 ${of} 页`],
    [/^Remove (.+)$/, (_, name) => `移除 ${name}`],
    [/^Delete (.+)$/, (_, name) => `移除 ${name}`],
  ];
  const chinese = (text) => {
    const bare = text.trim();
    if (Object.hasOwn(words, bare)) return text.replace(bare, words[bare]);
    for (const [pattern, put] of patterns) if (pattern.test(bare)) return text.replace(bare, bare.replace(pattern, put));
    return text;
  };
  // Texts from files are never touched.
  const fromFile = ".passage, .whole, .hit, .facts, .row, textarea, input, [data-testid='stHeading'], [data-testid='stAlert']";
  const translate = (root) => {
    if (root.nodeType === Node.TEXT_NODE) {
      if (root.parentElement?.closest(fromFile)) return;
      const put = chinese(root.nodeValue);
      if (put !== root.nodeValue) root.nodeValue = put;
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest(fromFile)) return;
    for (const name of ["aria-label", "title", "placeholder"]) {
      const value = root.getAttribute(name);
      if (value && chinese(value) !== value) root.setAttribute(name, chinese(value));
    }
    root.childNodes.forEach(translate);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translate(change.target);
      else change.addedNodes.forEach(translate);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
  translate(document.body);

  // Enter searches and Shift+Enter breaks the line; an Enter that ends a Chinese input method's composition does neither.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (event.isComposing || event.keyCode === 229 || !event.target.matches?.(".stTextArea textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button.print")) window.print();
  });
})();
