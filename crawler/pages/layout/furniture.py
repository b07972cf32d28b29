"""What a site prints at the ends of an article's own box: its buttons, its staff, what else it has.

No list of such lines is complete, so they are told by what they are made of, and only where no
sentence stands behind them (``ends``): a label of nothing but the trade's characters before a
name, a heading of nothing but the words with which other texts are offered, words of buttons.
"""

from crawler.pages.rules.limits import LONGEST_CREDIT, LONGEST_HEADING, LONGEST_SITE_LINE
from crawler.pages.rules.table import How, Rule, Table

_BUTTON = (
    r"(?:[+＋]?(?:已?关注|订阅|已订阅)|登[录陆]|注册|退出|发布|提交|取消|确[定认]|知道了|允许|收起(?:全文)?|展开(?:更多)?|更多"
    r"|(?:语音|一键)?(?:朗读|播报)|听(?:全文|语音|新闻|文章|报道)|重播|倍速|全屏|分享成功|点?(?:在看|点赞|分享|收藏|转发|评论)|(?:赞|顶|踩)(?:一个|一下)?"
    r"|举报|反馈|投诉|纠错|(?:阅读|查看)原文|(?:原文|文章)链接|原创(?:文章|首发)?|看更多|匿名发表|发表评论|收听|速读|请输入.{1,6}"
    r"|(?:AI|智能)(?:朗读|播报|语音)|(?:文字|字体|页面)缩放|(?:视频|音频|点击|正在)播放|高清(?:大图|图集)?|推荐|反对|支持|浏览"
    r"|无障碍(?:阅读|浏览)?|(?:长者|关怀|适老|老年|大字)(?:模式|版)|放大|缩小|默认|还原"
    r"|[TtAaＡ]?[大中小＋+-]|简体|繁[體体]?|(?:夜间|阅读)模式|手机(?:浏览|阅读|查看|版)|复制(?:成功|链接|全文)?"
    r"|微信|微博|朋友圈|QQ(?:空间|好友)?|回复|点击(?:加载|查看)更多|加载更多|查看更多|进入(?:专题|频道|直播间?)|返回)"
)
_NAME = r"[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"{_NAME}(?:[\s、，,/；;]+{_NAME}){{0,6}}"
_PART = r"\s*[:：丨|｜/／]\s*"
_TRADE = (
    "编審审校核责監监制作策划设计摄影像撰稿图文字片频视觉听统筹播音剪辑拍出品供发布录入签排版美术翻译记者通讯员"
    "初复终一二三四总值班执行首席新媒体融微信本期栏目网络息技支持运营推送后期海报副主来源绘画动漫手配导演实习生采写素材"
    "资料组人单位部官方读意包装特约整合理道台端委页面案插题终者轮员式版"
)
"""The characters of which labels for those who made a text are put together."""
_CORE = (
    "编辑|责编|编审|编委|编发|编排|审核|审校|审稿|审签|审读|[初复终一二三四]审|校对|校核|核稿|校[:：丨|｜/]|监制|策划|设计|摄影|摄像|撰文|撰稿"
    "|供稿|供图|视觉|统筹|播音|配音|剪辑|出品|录入|排版|美术|美编|翻译|记者|通讯员|制作|制图|绘图|文字|图片|视频|文案|海报|图文"
    "|拍摄|后期|绘画|插画|文[/／]图|图[/／]文|整理|来源|素材|作者|值班|版式|版面|发布[人者]|信息员|总编|综编|录制"
)
_LABEL = rf"(?=[^:：丨|｜/／]{{0,8}}(?:{_CORE}))[{_TRADE}、&][{_TRADE}、&/／]{{1,11}}"

SITE = Table(
    (
        Rule(
            "of_buttons",
            # Possessive: + and - are buttons too, and a line of dashes would be tried for hours.
            rf"(?:{_BUTTON}[\s\d.万+·|｜/、，()（）\[\]【】↓↑>»-]*+)++",
            "+关注 朗读",
            "nothing but the words of buttons, with how often they were used",
        ),
        Rule(
            "how_many_did",
            r"(?:发表评论\s*)?(?:已?有|共有?|累计|已)?\s*\d[\d,.万+]*\s*(?:位?网?[友人]|次|个|条)?\s*(?:已经?|觉得|发表了?)*(?:点赞|评论|收藏|转发|围观|参与|在看"
            r"|跟帖|看过|播放|很赞|赞|阅读|浏览)(?:过|数|量|本文)?|已?(?:(?:阅读|浏览|点赞|评论|转发|收藏)\s*[:：]?\s*[\d,.万+]+\s*次?\s*)+",
            "已有 0 人发表了评论",
            "how many did what",
        ),
        Rule(
            "opens_app",
            r".{0,12}(?:APP|App|app|客户端|小程序)\s*[内里中]?(?:打开|查看|阅读|观看).{0,8}",
            "APP内打开",
            "leads into an app",
        ),
        Rule(
            "leads_by_click",
            r"\W*(?:请?点击|戳)(?:这里|此处|图片|链接|标题|按钮|[上下]方\S{0,4})?[，,]?(?:即可)?(?:查看|进入|观看|阅读|了解|收听|下载|报名|参与|打开|收看|回看)[^，。！？；]{0,16}",
            "点击查看更多直播",
            "leads on by a click",
        ),
        Rule(
            "desk_telephone",
            r"\W*(?:新闻|报料|爆料|广告|发行|订阅|订报|客服|值班|投稿|编辑部|读者|合作|商务|服务|总编室)[\u4e00-\u9fff]{0,4}"
            r"(?:热线|电话|专线|QQ|微信)\s*[:：]?[\w@.—()（）\s/、-]{5,40}",
            "新闻热线：0551-63210000",
            "where a desk is reached",
        ),
        Rule(
            "account_card",
            r"(?:微信号|公众号|订阅号|视频号|抖音号|头条号|微信公众号|功能介绍|账号主体)\s*[:：]\s*\S.{0,40}|.{2,16}官方(?:微信|微博)?(?:[账帐]号|公众号)",
            "微信号：qhzx2020",
            "an account's card",
        ),
        Rule(
            "shell_of_wechat",
            r"(?:已?收录于?)\s*(?:合集|话题|专辑|#).{0,30}|预览时标签不可点|(?:继续|向[上下左右])?滑动看下一[个篇]|轻(?:触|点).{0,16}"
            r"|微信扫一扫.{0,20}|使用小程序.{0,8}|名称已清空|人划线|.{0,8}赞赏(?:作者|金额|二维码).{0,8}|.{0,4}个人观点[，,]仅供参考",
            "预览时标签不可点",
            "what one platform prints round each text",
        ),
        Rule(
            "where_it_stands",
            r"\W*(?:[您你]?(?:现在|当前|目前)?所?在?的?位置|当前(?:位置|栏目|页面)|首页)\s*[:：]?\s*[^。！？]{0,40}(?:首页|[>＞»›→]|正文).{0,60}",
            "当前位置：首页 > 政协要闻 > 正文",
            "the way to the page",
        ),
        Rule(
            "how_it_felt",
            r".{0,4}(?:看|读)(?:完|到|过).{0,12}(?:感受|心情|感觉).{0,6}|心情(?:指数|投票|排行).{0,6}|刚表态过的朋友.{0,12}|(?:本文|文章|内容|给本文)(?:评分|打分).{0,12}",
            "您看完此刻的感受是",
            "asks how a reader felt",
        ),
        Rule(
            "one_more_like",
            r"[^，。]{0,10}(?:点|亮)(?:个|亮|一下|一点)?.{0,2}[“\"「『【]?(?:在看|赞|小红心|小心心|小星星|星标)[”\"」』】]?[^，。]{0,10}|.{0,8}(?:设为|加)[“\"「]?星标.{0,10}",
            "喜欢就点个“在看”吧↓↓↓",
            "asks for a sign of liking",
        ),
        Rule(
            "by_message",
            r".{0,24}(?:发送|编辑短信|发短信)\s*.{1,12}\s*[到至]\s*\d{4,}.{0,20}",
            "订阅清河手机报 移动用户发送QH到10658000",
            "what is had for a message",
        ),
        Rule(
            "manners",
            r".{0,8}(?:文明|理性)(?:上网|发言|评论|跟帖).{0,40}",
            "温馨提示：请文明发言",
            "how a reader is to write",
        ),
        Rule(
            "only_behind_login",
            r".{0,6}(?:登[录陆]|注册)(?:后|即可|方可|之后|才能).{0,16}|已是(?:会员|订户|用户).{0,12}|[^。]{0,20}[¥￥]\s*\d+[^。]{0,40}",
            "登录后发表评论",
            "what a login is for",
        ),
        Rule(
            "tell_the_site",
            r"(?:如果?|若|对).{0,16}(?:疑问|问题|建议|侵权|异议|错误|版权).{0,10}(?:联系|反馈|告知|通知).{0,12}(?:本站|我们|本网|编辑|小编|删除|处理|管理员).{0,8}",
            "如果您对本文有疑问请联系本站",
            "to whom to complain",
        ),
        Rule(
            "form_fields",
            r"(?:用户名|密码|验证码|昵称|手机号|(?:背景|行距|皮肤|字体大小)色?)\s*[:：].{0,12}",
            "背景色：默认 护眼",
            "fields that a reader fills in or sets",
        ),
        Rule(
            "plain_requests",
            r"\W*(?:点此|点这里?|长按|扫码|识别|添加小编|给我们|动动手指|收听|点击音频|下载附件|正在播放|语音播报|快来|一起来)[^，。！？；]{0,14}"
            r"|\W*(?:欢迎|期待)[^。]{0,10}(?:留言|评论|互动|转发|关注|分享)[^，。！？]{0,6}"
            r"|[^。]{0,12}(?:请点这里|(?:了解|获取|查看)更多(?:资讯|内容|信息)?)\W*",
            "给我们留言",
            "what is asked of a reader in a few words",
        ),
        Rule(
            "follows",
            r"\S{2,12}\s+[+＋]?(?:已?关注|订阅)",
            "清河发布 关注",
            "an account, and the button beside it",
        ),
        Rule(
            "only_a_number",
            r"[(（]\d+[)）]",
            "(0)",
            "a number in brackets, beside a button",
        ),
        Rule(
            "sent_from",
            r"(?:发布于|来自)[\u4e00-\u9fff]{2,4}",
            "来自安徽",
            "where somebody is",
        ),
        Rule(
            "so_many_pages",
            r"(?:本文|全文)?共\s*\d+\s*页.{0,8}",
            "本文共2页",
            "how many pages a text has",
        ),
        Rule(
            "address_of_site",
            r"[^。，]{0,16}(?:https?://|www\.)[\w./?=&%-]+\W*",
            "清河新闻网 www.qhnews.example",
            "a site and its address",
        ),
        Rule(
            "of_rights",
            r"(?:(?:责任|版权|免责|法律|隐私|郑重)(?:声明|政策|条款)[\s|｜]*)+|.{0,6}(?:本文|内容|图片)?版权归.{2,16}所有.{0,6}|.{0,12}(?:侵删|图源网络).{0,4}"
            r"|©.{2,20}|(?:内容|信息|以上)?仅供参考.{0,16}",
            "图源网络 侵删",
            "whose a text or a picture is, in a few words",
        ),
        Rule(
            "a_column",
            r"[\u4e00-\u9fff]{2,4}(?:要闻|动态|资讯|之窗|天地)",
            "政协要闻",
            "a column's name alone",
        ),
        Rule(
            "hash_tags",
            r"(?:[#＃][^#＃\s，。]{1,16}[#＃]?\s*)+",
            "#政协 #提案",
            "tags behind a hash",
        ),
        Rule(
            "of_signs",
            r"[^\w\u4e00-\u9fff…．.“”\"（）()]{2,}",
            "↓↓↓",
            "signs and no word",
        ),
        Rule(
            "of_a_topic",
            r"\W*(?:专题|专栏|栏目|频道|所属(?:栏目|专题))\s*[:：]\s*[^。]{2,24}",
            "专题：2024清河两会",
            "the topic that it is filed under",
        ),
        Rule(
            "skips",
            r"跳[转过到至].{0,8}(?:内容|导航|区域)",
            "跳转到主要内容",
            "for who reads with a screen reader",
        ),
        Rule(
            "found_on_the_net",
            r"(?:本文|文章|文中|部分|以上|图片|内容|素材|文字|资料|图文|及|和|、|/)*(?:均|整理|综合|摘)?(?:来源于?|来自|取自|源于|转自)(?:于)?(?:互联)?网络.{0,40}",
            "图片来源于网络",
            "pictures or words that are nobody's in particular",
        ),
    ),
    how=How.WHOLE,
    longest=LONGEST_SITE_LINE,
)
"""Lines of a site at the ends of a text; a text may hold some of them between its sentences."""

STAFF = Table(
    (
        Rule(
            "label_and_names",
            rf"(?![（(【])\W*(?:{_LABEL}{_PART}{_NAMES}[\s、，,]*)+\W*",
            "微信编辑：王晓 排版：李力",
            "labels of the trade, each before names of persons",
        ),
        Rule(
            "label_and_office",
            r"(?![（(【])\W*(?:图文|文图|文字|图片|视频|素材|资料|信息|稿件)?(?:来源|供稿|供图|出品|制作|监制|编制|整理|发布)(?:单位|方|机构|部门)?\s*[:：丨|｜]\s*[^，。！？；:：]{2,24}",
            "供稿单位：石桥镇政协联络组",
            "who sent it in, or had it made",
        ),
        Rule(
            "part_and_office",
            r"(?![（(【])\W*(?:视频|图片|部分素材|素材|综合|综编)\s*[:：丨|｜]\s*[^，。！？；:：]{2,24}",
            "综合：新华社、清河日报",
            "of whom the pictures are, or of whom it was put together",
        ),
        Rule(
            "role_and_names",
            rf"(?![（(【])\W*(?:(?:责任|执行|新媒体|见习|值班)?编辑|责编|审核|校对|(?:本报|见习|实习)?记者|通讯员|摄影|供稿|监制|[初复终一二三]审|文字|图片)\s+{_NAMES}"
            rf"(?:[\s|｜■/]*(?:(?:责任|执行)?编辑|责编|审核|校对|记者|通讯员|摄影|监制|[初复终一二三]审|文字|图片)\s+{_NAMES})*(?:\s*(?:摄影|供稿|文/图|图/文|摄影?报道|报道|文|图|摄))*\W*",
            "通讯员 李力 摄影报道",
            "a role, a blank, a name",
        ),
        Rule(
            "editor_alone",
            r"\W*(?:责任编辑|责编|编辑|审核|校对)[\u4e00-\u9fff]{2,3}\W*",
            "编辑王晓",
            "a role and a name in one",
        ),
    ),
    how=How.WHOLE,
    longest=LONGEST_CREDIT,
)
"""Who made a text, in lines of their own behind it."""

OFFERS = Table(
    (
        Rule(
            "of_words_that_offer",
            r"(?=.*[\u4e00-\u9fffA-Za-z])[\W\d_]*(?:往期|近期|上[一]?期|下[一]?期|更多|精彩|热门|热点|热文|好文|相关|推[荐薦]|荐读|延伸|关联|链接|阅读|回顾|精选|看点|新闻|要闻|资讯|文章"
            r"|内容|视频|图集|报道|大家|网友|还|都|[也正]?在看|爱看|猜|[你您]|可能|喜欢|感兴趣|想看|关注|为|的|专题|最新|今日|本周|动态|点击|排行榜?|预告"
            r"|分享|查看|戳|这里|历史|消息|READ|MORE|Read|More|\W)+",
            "往期精选",
            "a heading of nothing but the words with which other texts are offered",
        ),
        Rule(
            "a_column_of_others",
            r"[\u4e00-\u9fff]{2,4}(?:要闻|动态|资讯)|热搜榜|热榜",
            "政协动态",
            "a column's name over titles",
        ),
        Rule(
            "looks_back",
            r"[^，。]{0,10}(?:查看|阅读|回顾)(?:往期|更多|精彩|历史)[^，。]{0,8}",
            "点击下方标题查看往期内容",
            "leads to what came before",
        ),
    ),
    how=How.WHOLE,
    longest=LONGEST_HEADING,
)
"""A heading over titles of other texts, linked or not, where nothing but titles follows."""

is_of_site = SITE.holds
credits_staff = STAFF.holds
offers_others = OFFERS.holds
