"""What each rule of ``boilerplate`` and each sign of ``header`` decides, and why it should.

An example is a line that the rule alone drops, or that the sign alone tells for a header's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """``text`` is a line that the rule or sign ``rule`` decides, and no other does."""

    rule: str
    text: str
    why: str


EXAMPLES = (
    Example("editor", "责任编辑：王某某", "an editor signs, in whatever brackets"),
    Example("edited", "本帖最后由 江边人 于 2020-1-2 07:11 编辑", "who changed a post"),
    Example("original_title", "原标题：委员们的一年", "a repost keeps the title that it had"),
    Example(
        "address",
        "本文链接：http://www.qinghe.example/2020/1.html",
        "a blog prints its own address",
    ),
    Example(
        "source_line", "来源：清江日报　作者：李某", "whom the page credits is read as the outlet"
    ),
    Example("template", "{{detail.source}} {{detail.time | fmt}}", "a script fills it in"),
    Example("reposted", "（转载自清江日报）", "the same in brackets, alone on its line"),
    Example("paper", "《清江日报》（2022年01月05日 第13版）", "the printed page that it stood on"),
    Example("topic_link", "点击进入专题", "leads to a collection of articles"),
    Example("more_of", "更多精彩内容请关注清江发布", "advertises the site's other texts"),
    Example("back_to_site", "返回搜狐，查看更多", "Sohu's link under each text"),
    Example("share", "分享到：微信 微博", "buttons for sharing"),
    Example("keywords", "关键词：政协 提案", "words for search engines"),
    Example("pager", "上一页 1 2 3 下一页", "a pager without links, and buttons that unfold"),
    Example("advert", "广告：滨江新房发售，首付八万起", "an advertisement says that it is one"),
    Example("player", "您的浏览器不支持播放视频，请升级版本", "a player that cannot play"),
    Example("buttons", "【打印】【关闭】", "buttons round an article"),
    Example("font_size", "字体：大 中 小", "sets the size of letters"),
    Example("previous_next", "上一篇：春风又到渡口", "the neighbours in the list"),
    Example("no_comment", "还没有任何评论，快来抢沙发", "the comments that nobody made"),
    Example("counts", "阅读数：1203次", "how often it was read"),
    Example("account", "投稿邮箱：tougao@qinghe.example", "an account to follow"),
    Example("menu", "关于我们 | 广告服务 | 联系方式", "a menu without links"),
    Example(
        "platform_note",
        "特别声明：以上内容由平台用户上传，仅代表作者观点",
        "what a platform says of its users' texts",
    ),
    Example("copyright", "清江网版权所有 ICP备05012345号", "whose the page is"),
    Example(
        "footer", "主办：清江市政协 地址：滨江路1号 邮编：340021", "who runs the site, and where"
    ),
    Example("asks_to_share", "觉得不错，请点赞、转发分享", "asks readers to share"),
    Example(
        "style_rules",
        ".TRS_Editor P{line-height:2;font-size:12pt;}",
        "style rules that an editor pasted as text",
    ),
)

HEADERS = (
    Example("outlet_label", "稿源：清江日报", "whom the page credits"),
    Example("date_label", "发布日期：正月初五", "a label says that what follows is the day"),
    Example("day_and_clock", "清江发布 2021年1月24日 08:30 清江", "no sentence has a clock"),
    Example("day_alone", "2021. 1. 24", "nothing but a day"),
    Example("other_label", "浏览次数：1203", "counts, sizes of letters, what a CMS prints beside"),
    Example(
        "paper_or_reporter", "《清江日报》（2022年01月05日 第13版）", "the printed page it stood on"
    ),
    Example("day_among_words", "Posted 2014-03-21 by 田野", "a day in figures among a few words"),
    Example("day_and_bar", "清江 2021年1月24日｜渡口", "a bar parts the day from the account"),
    Example("roles_without_colon", "撰文 李某某 编辑 王某某", "roles and names without a colon"),
    Example("some_time_ago", "渡口号 3小时前", "platforms count back from now"),
    Example("day_written_otherwise", "Jan. 24th, 2021", "a day that ``written`` reads besides"),
)
