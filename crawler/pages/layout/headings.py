"""Short lines that say what stands below or behind them: links, comments, the rest of a text."""

from crawler.pages.rules.limits import LONGEST_HEADING, LONGEST_POST_HEAD
from crawler.pages.rules.table import How, Rule, Table

_LINE = (
    r"[\s【\[●■◆▼▲※>»*+#·—-]*{}[\s:：】\]>»]*"
    r"(?:[(（]?\s*\d+\s*条?[)）]?)?\s*(?:更多|换一换|more|MORE)?\s*[>»—-]*$"
)
"""A heading on a line of its own: marks before it, a count or a link to more behind it."""

LINKS = Table(
    (
        Rule(
            "related",
            r"(?:本文|文章)?相关(?:新闻|阅读|链接|报道|推荐|文章|内容|专题|搜索|话题|资讯|视频|信息|稿件|热词)",
            "相关新闻",
            "other articles on the same thing",
        ),
        Rule(
            "traditional",
            r"相關(?:新聞|閱讀|連結|報道|文章)|延伸閱讀|推薦閱讀|熱門新聞",
            "延伸閱讀",
            "the same in traditional characters",
        ),
        Rule(
            "related_to",
            r"与.{0,4}相关的(?:链接|新闻|内容|文章)",
            "与本文相关的文章",
            "the same as a sentence",
        ),
        Rule(
            "reading",
            r"(?:延伸|扩展|拓展|精彩|热点|深度|更多|关联)阅读|延伸(?:\s*·\s*推荐)?",
            "延伸阅读",
            "what else to read",
        ),
        Rule(
            "recommended_how",
            r"(?:精彩|热门|最新|热点|编辑|好文|图片|图文|图解|图集|组图|视频|为[您你]|本站|专题|专栏|栏目"
            r"|新闻|内容|今日|小编|站长|热文|同类|更多)推荐",
            "编辑推荐",
            "what a site recommends, by whom or of which kind",
        ),
        Rule(
            "recommended",
            r"推荐(?:新闻|文章|内容|给您|信息|视频|阅读)?",
            "推荐阅读",
            "what a site recommends",
        ),
        Rule(
            "latest",
            r"最新(?:文章|新闻|资讯|评论|报道|动态|更新)|作者最新文章",
            "最新文章",
            "what came last, of the site or of an author",
        ),
        Rule(
            "popular",
            r"热门(?:文章|新闻|评论|资讯|话题|标签|专题|图片|视频)",
            "热门文章",
            "what is read most",
        ),
        Rule(
            "guessed",
            r"猜[您你]喜欢|[您你]可能(?:还|也)?会?(?:感兴趣|喜欢)的?(?:内容|文章)?|大家都(?:在看|爱看)|看过本文的人.{0,6}",
            "猜你喜欢",
            "what readers may like",
        ),
        Rule(
            "back_issues",
            r"往期(?:回顾|推荐|文章|访谈|节目|视频|报道)",
            "往期回顾",
            "an account's earlier texts",
        ),
        Rule(
            "ranking",
            r"(?:\d{1,2}小时|一?[日周月]|[今本][日周月])?(?:新闻|点击|热点|阅读|文章|评论|热门)?排行榜?",
            "点击排行榜",
            "a ranking",
        ),
        Rule(
            "of_the_day",
            r"(?:热点|今日|本周)(?:新闻|图片|热点)|热点专题|新闻热点"
            r"|(?:\d{1,2}小时|[今本][日周月]|一周|每日)热[闻文点榜]",
            "今日新闻",
            "what a day or a week brought",
        ),
        Rule(
            "pictures",
            r"(?:图片|视频)新闻|(?:更多(?:精彩)?|精彩)(?:图片|视频|图集|组图|大图)",
            "图片新闻",
            "pictures of other stories",
        ),
        Rule(
            "parts",
            r"选集|分集(?:列表)?|节目列表|往期节目|剧集列表",
            "选集",
            "the other parts of a programme",
        ),
        Rule("friends", r"友情链接", "友情链接", "other sites"),
        Rule("next_story", r"阅读下一篇.{0,4}", "阅读下一篇文章", "leads on to another story"),
        Rule(
            "more_of",
            r"(?:更多|同类|同城|本地)(?:新闻|相关.{0,6}|文章|精彩.{0,4})",
            "同城新闻",
            "more of a kind or of a place",
        ),
    ),
    how=How.AT_THE_START,
    frame=_LINE,
    hint="[伸关關荐薦阅閱新聞闻文看欢行章热顾图链评频访节报集兴点榜]",
    longest=LONGEST_HEADING,
)
"""What heads related links, recommendations or a ranking."""

COMMENTS = Table(
    (
        Rule(
            "whose_comments",
            r"(?:网友|全部|用户|精彩|热门|最热|最新|读者|大家|文章)(?:评论|热评|跟帖|点评|留言)"
            r"(?:\s*[:：]?\s*[(（][^()（）]{4,60}[)）])?",
            "网友评论",
            "what readers wrote, whose or which",
        ),
        Rule("so_many_comments", r"共?\s*\d+\s*条(?:评论|跟帖|留言)", "共 12 条评论", "how many"),
        Rule("place_of_comments", r"评论(?:区|列表)", "评论区", "where they stand"),
        Rule(
            "invites_to_comment",
            r"我来说两句|我要评论|(?:发表|写)评论",
            "我来说两句",
            "asks for more of them",
        ),
        Rule("readers_say", r"网友(?:发言|观点).{0,12}", "网友发言精选", "the same in other words"),
        Rule(
            "comments_counted",
            r"评论\s*[(（]?\s*\d+\s*条?[)）]?",
            "评论（12条）",
            "their number behind them",
        ),
    ),
    how=How.AT_THE_START,
    frame=_LINE,
    hint="[评论說说帖言]",
    longest=LONGEST_HEADING,
)
"""What heads what readers wrote."""

SUMMARIES = Table(
    (
        Rule(
            "by_machine",
            r"(?:AI|Ai|ai|智能|机器)\s*(?:智能|生成)?(?:的)?(?:内容|全文)?(?:摘要|总结|导读|速览|概要|提要|解读)",
            "AI 摘要",
            "what a machine made of the text",
        ),
    ),
    how=How.AT_THE_START,
    frame=_LINE,
    longest=LONGEST_HEADING,
)
"""What heads a summary that is not its author's."""

POSTS = Table(
    (
        Rule(
            "post_by",
            r"作\s*者|网友|楼主|层主|发帖人",
            "网友 江边人 2020-01-02 10:20",
            "who wrote it, and when",
        ),
        Rule("post_written", r"发表[于在]", "发表于 2020-01-02 10:20", "when it was written"),
        Rule("post_number", r"\d{1,4}\s*[楼#]", "12楼 江边人 2020-01-02 10:20", "its number"),
    ),
    how=How.AT_THE_START,
    frame=r"\W*{}.{0,24}(?:20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,20}|\d\d-\d\d\s+\d\d:\d\d\W*)$",
    longest=LONGEST_POST_HEAD,
)
"""What heads one reader's post in a thread."""

UNFOLDS = Table(
    (
        Rule(
            "shows_the_rest",
            r"(?:展开|阅读|查看|显示|加载|余下|继续阅读|浏览|打开)\s*"
            r"(?:全文|全部|更多|剩余|余下|原文|完整|正文|下文|所有|内容)",
            "点击查看全文",
            "shows the whole text",
        ),
        Rule("unfolds", r"展开|剩余", "展开 ∨", "the same in a word"),
    ),
    how=How.AT_THE_START,
    frame=r"[\s▼▽↓∨+»>【\[…]*(?:点击|请点击|点此|立即)?\s*{}.{0,12}$",
)
"""The button that shows the rest of a text (展开全文, 阅读剩余60%)."""

heads_links = LINKS.holds
heads_comments = COMMENTS.holds
heads_post = POSTS.holds
heads_summary = SUMMARIES.holds
unfolds = UNFOLDS.holds
