"""What stands where an outlet, a day or a title stands, and is none."""

import re

from crawler.pages.rules.table import How, Rule, Table

NOBODY = Table(
    (
        Rule("unknown", r"未知|不详|佚名|其[他它]|暂?无", "未知", "says that nobody is named"),
        Rule("the_net", r"网络|互联网|综合|整理", "网络整理", "gathered from wherever"),
        Rule("the_site", r"本站|本网|原创", "本站原创", "the site, not by its name"),
        Rule("copied", r"转载|转发|投稿", "转载文章", "how it came, not from whom"),
        Rule("a_role", r"网友|管理员|admin|编辑|作者", "管理员", "a role, not a name"),
    ),
    how=How.WHOLE,
    frame=r"{}(?:网络|整理|文章|稿件|原创|转载|来源|编辑|投稿|综合|新闻|内容|信息|供稿|发布|摘编)*",
)
"""Words in the place of an outlet or a person that name none."""

NO_OUTLET = Table(
    (
        Rule("place", r"^来自|属地|[省市区县州]$", "清江省", "whence a reader writes"),
        Rule("readers", r"参与|跟帖|评论|播放|观看|人$", "两百人", "how many took part"),
        Rule("kind", r"原创|转载", "原创", "whether it is the account's own"),
        Rule("digits", r"^\d", "3分钟", "how long it takes"),
        Rule("letters", r"大$|小$|字", "字号", "sets the size of letters"),
        Rule("crumbs", r"正文|首页|当前|[:：>]", "首页", "where in the site one is"),
        Rule(
            "buttons",
            r"查看|点击|关注|更新|发表|朗读|收藏|打印|下载|扫码|登录",
            "点击查看",
            "a button, or a label",
        ),
        Rule(
            "other_issues",
            r"[上下][一1]?[期版篇]|往期|检索|回顾",
            "上一期",
            "leads to another issue",
        ),
        Rule("document", r"[〔［\[]\d{4}[〕］\]]", "洮卫函〔2024〕19号", "the number of a letter"),
        Rule("rank", r"官方账号|楼主|创作者|认证|作者$", "官方账号", "what kind of account it is"),
    ),
    how=How.ANYWHERE,
)
"""What stands beside a date without a label and is no outlet."""

NOT_PUBLISHED = Table(
    (
        Rule("today", r"今天是|现在是|当前时间", "今天是2021年1月24日", "the day of the visit"),
        Rule("rights", r"版权|Copyright|©", "Copyright 2011-2021", "years of the rights"),
        Rule("deadline", r"截至|截止|有效期", "截止2021年1月24日", "until when something holds"),
        Rule(
            "happens",
            r"(?:活动|会议|开始|结束|开幕|举办|召开|报名|录制)时间",
            "会议时间：2021年1月24日",
            "when something happens",
        ),
        Rule(
            "of_the_paper",
            r"成文日期|生效日期|实施日期|失效日期|废止日期",
            "成文日期：2021年1月24日",
            "when an order was written, or holds",
        ),
        Rule(
            "generated", r"生成时间|自动生成", "生成时间：2021-01-24", "when a CMS wrote the page"
        ),
    ),
    how=How.ANYWHERE,
)
"""What else a day near an article may be than that of its publication."""

OF_THE_EVENT = Table(
    (
        Rule(
            "subtitle_of_a_speech",
            r"^\W*——",
            "——在县政协会议上的讲话（2021年1月24日）",
            "the speech was made then",
        ),
        Rule(
            "on_that_day",
            r"日\s*(?:在|于|至|召开|举行|通过|由)",
            "2021年1月24日召开",
            "it was held then",
        ),
    ),
    how=How.ANYWHERE,
)
"""The day of what an article tells."""

NOT_TITLE = Table(
    (
        Rule(
            "crumb",
            r"当前位置|首页|您的位置|所在位置|[>»›]\s*\S",
            "您的位置：要闻",
            "where in the site one is",
        ),
        Rule(
            "header",
            r"来源\s*[:：]|发布时间|字号|责任编辑",
            "字号：大 中 小",
            "a header's line",
        ),
        Rule(
            "button",
            r"^\W*(?:立即|马上|点击|一键|去|在?APP内?)?(?:打开|下载|登[录陆]|注册|关注|订阅|安装|分享|收藏|返回|播放|展开)"
            r"(?:APP|App|客户端|应用|看看|阅读|查看|更多|全部|观看)?\W*$",
            "立即打开",
            "what a button does",
        ),
        Rule("no_words", r"^\W*$", "———", "a rule of signs"),
        Rule("figures", r"^\d[\d\s:/.年月日-]*$", "2021-01-24", "a day alone"),
    ),
    how=How.ANYWHERE,
)
"""Lines round a text that are no title of it."""

NO_NAME = Table(
    (
        Rule(
            "kind_of_page",
            r"(?:新闻|文章|资讯|内容|信息|稿件)?(?:详情|正文|详细|内容)(?:页面?)?",
            "新闻详情",
            "what kind of page it is",
        ),
        Rule(
            "loading",
            r"(?:正在)?(?:加载|载入)中?\W*|loading\W*",
            "加载中…",
            "a script sets it later",
        ),
        Rule("untitled", r"无标题(?:文档|页)?|untitled.*", "无标题文档", "what an editor fills in"),
    ),
    how=How.WHOLE,
    flags=re.IGNORECASE,
)
"""What a ``<title>`` says that names no article, and no site either."""
