"""How sources call the sections of a case."""

from __future__ import annotations

from kb.models import SECTIONS

#: Canonical section, then what stands for it. Analyses that give a decision's grounds are 裁判理由, comments on what a
#: case teaches are 典型意义; the last line holds heads that none of the canonical names fits: they keep their own.
_TABLE = """
基本案情：案情 案情简介 简要案情 案情介绍 案情概要 案情概述 案情摘要 案情回顾 案情经过 案情事实 案件事实
  案件基本事实 案件基本情况 基本事实 案件简介 案件情况 案件回顾 案件概况 案件经过 事实概要 事实经过
  基本案情介绍 案例简介 案例回顾 案例事实 案例介绍 纠纷简介 争议经过 事件经过 查明事实 法院查明 案件事由
  基本事由 案例情况
争议焦点：争议问题 主要争议 争点 焦点问题 案件焦点 争议焦点问题 审理焦点 焦点 法律焦点 案件争议
裁判结果：处理结果 裁判情况 判决结果 处理情况 调解结果 法院裁判 法院判决 裁决结果 审理结果 审判结果 裁判主文
  判决主文 复议结果 复议决定 复议结论 调解情况 化解结果 处理决定 查处结果 仲裁结果 办理结果 诉讼结果
  裁判结论 案件结果 裁定结果 执行结果 协调结果 裁判内容 判决情况
裁判理由：法院认为 本院认为 裁判说理 判决理由 案例分析 评析 案件分析 裁判分析 裁判依据 法院审理 裁决理由
  裁定理由 法理分析 法律分析 裁判思路 裁判评析 案情分析 理由 法院说理 复议机关认为 仲裁委认为 审理意见
  复议理由 争议评析
裁判要旨：裁判要点 裁判规则 要旨 案例要旨 案件要旨 裁判摘要 要点提示 裁判观点 裁判宗旨 案例要点 规则要旨
典型意义：案件警示 启示 警示意义 法官提醒 案例评析 专家点评 指导意义 法官说法 法官解读 法官寄语 法官后语
  法官点评 法官评析 案件启示 案例启示 案件评析 专家评析 专家解读 点评 案例点评 案件点评 案例评论
  案例解析 案例意义 案件意义 适用解析 社会意义 示范意义 参考意义 律师点评 律师评析 律师说法 以案释法
  以案说法 典型意义评析 警示 警示教育 案例警示 启示意义 经验启示 意义 法官释法 法律提示 案例点睛
  专家意见 说法
其他：关键词 关键字 相关法条 相关法律 相关规定 相关条文 相关法律规定 相关法律条文 相关法律法规 法律依据
  法条链接 法律链接 司法解释相关法条 司法解释相关条文 适用法律 适用法条 关联索引 关联法条 裁判日期
  诉讼请求 原告诉讼请求 申请人请求 申请请求 仲裁请求 复议请求 上诉请求 原告诉称 被告辩称 当事人诉求
  诉讼过程 审理经过 审理情况 审理过程 审判过程 检察机关履职过程 履职过程 检察履职情况 调解过程 化解过程
  处理过程 办理过程 办案过程 复议过程 调查过程 调查与处理 查处情况 处理经过 调解经过 工作做法 主要做法
  一审裁判 二审裁判 再审裁判 案例来源 案件来源 案例索引 案件索引 基本情况 当事人 当事人信息 办案效果
  社会效果 法条依据 编写人 推荐单位 案例编写人 处理依据 处理意见 裁判文书
"""

_ROWS = {
    row.split("：")[0]: tuple(row.split("：")[1].split()) for row in _TABLE.replace("\n  ", " ").strip().splitlines()
}
#: Heads that keep their own name.
OWN = frozenset(_ROWS.pop("其他"))
#: Canonical name of every name in the table.
CANONICAL = {name: name for name in SECTIONS} | {synonym: name for name, row in _ROWS.items() for synonym in row}
#: Names so general that they show no case by themselves.
GENERAL = frozenset(
    {"启示", "意义", "理由", "焦点", "警示", "要旨", "点评", "评析", "说法", "案情", "处理情况", "处理决定", "调解情况"}
    | {"经验启示", "指导意义", "警示教育", "社会意义", "审理意见", "专家意见", "法律分析"}
)
