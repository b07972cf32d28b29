"""Pages that are no article though they print sentences: gates, errors, a site's own pages.

Asked only of a page that states no day: an article may tell of logins, and is called 关于我们 now
and then; without a day and with these words it is what it says.
"""

from crawler.pages.rules.table import How, Rule, Table

KINDS = Table(
    (
        Rule(
            "login",
            r"(?:用户|会员|账号|帐号|统一(?:身份)?|系统|后台|委员|个人)*(?:登[录陆]|注册|(?:登[录陆]/)注册|找回密码|用户中心|个人中心)"
            r"(?:页面?|系统|中心|平台)?|(?:统一|数字)?身份认证(?:平台|系统|中心)?",
            "用户登录",
            "asks who one is",
        ),
        Rule(
            "verifies",
            r"(?:安全|访问|人机|身份|滑块|浏览器)?(?:验证|校验|检查|检测)码?(?:中心|页面?)?",
            "访问验证",
            "asks whether one is a person",
        ),
        Rule(
            "message",
            r"(?:系统|温馨|友情|操作)提示(?:信息)?|(?:错误|出错)提示|提示(?:信息|页面)?",
            "系统提示",
            "a system's message",
        ),
        Rule(
            "closed",
            r"(?:网页|页面|网站)?(?:暂时)?(?:访问|页面)?(?:被拒绝|被拦截|受限|异常|无法访问|禁止访问|拒绝访问|拦截(?:提示)?|无法打开)",
            "无法访问",
            "the page is closed",
        ),
        Rule(
            "error",
            r"(?:服务器|系统|程序|运行时|数据库)?(?:内部)?(?:错误|异常|出错啦?|故障)了?(?:页面?|信息)?"
            r"|(?:HTTP\s*(?:Status|Error)?|Error)\s*[45]\d\d\b.*|[45]\d\d(?:\s+[A-Z][\w ]*)?"
            r"|Welcome to nginx!",
            "服务器错误",
            "a program failed",
        ),
        Rule(
            "repaired",
            r"(?:系统|网站|服务器?|平台|栏目)?(?:正在)?(?:维护|升级|建设|改版)(?:中|公告|通知)?|(?:站点|网站|域名)已?(?:暂停|关闭|停用|过期)",
            "系统维护中",
            "the site is repaired",
        ),
        Rule(
            "over",
            r"(?:本次|该)?(?:活动|投票|征集|报名|页面)已(?:经)?(?:结束|过期|下线|截止)",
            "活动已结束",
            "what the page was for is over",
        ),
        Rule(
            "reviewed",
            r"(?:内容|文章|该内容)?(?:正在)?审核中?|待审核",
            "内容审核中",
            "not yet shown",
        ),
        Rule(
            "about",
            r"(?:关于(?:我们|本站|本网|网站)|联系(?:我们|方式)|网站(?:地图|声明|简介|介绍)|站点地图|版权(?:声明|信息)|免责声明"
            r"|法律声明|广告(?:服务|合作|刊例)|隐私(?:政策|声明|保护|提示)|用户协议|服务条款|使用帮助|帮助中心|加入我们|友情链接)",
            "关于我们",
            "what a site says of itself",
        ),
        Rule(
            "search",
            r"(?:站内|全文|高级|信息|综合)?(?:搜索|检索)(?:结果|中心|页面?)?",
            "搜索结果",
            "what was looked for",
        ),
        Rule(
            "tags",
            r"(?:标签|关键词|话题|作者|专栏作者)\s*[:：]\s*\S{1,16}",
            "标签：渡口",
            "all that has one tag",
        ),
        Rule(
            "who_is_who",
            r"(?:领导|机构|历届|现任|委员|组织)(?:班子|简介|介绍|设置|概况|职能|名单|名录|分工|成员|之窗)",
            "领导班子",
            "who is who, and how a house is ordered",
        ),
        Rule(
            "offers",
            r"(?:下载中心|资料下载|文件下载|表格下载)|(?:网上|在线|我要)?(?:留言|投稿|咨询|信访)(?:板|簿|大厅)?"
            r"|(?:委员|主席|书记|市长|县长|区长|领导|局长)信箱|问卷调查|网上调查|民意征集",
            "委员信箱",
            "what a reader may do there",
        ),
    ),
    how=How.WHOLE,
    frame=r"\W*{}\W*",
)
"""What a page without a day calls itself, and is no article then."""

GATES = Table(
    (
        Rule(
            "log_in",
            r"(?:请|需要?|必须|须)(?:您|先|要|注册并|委员|用户|各位|使用.{1,8})*登[录陆](?:后|才|再|以|之后|系统|账号|[，。])"
            r"|登[录陆]后(?:即可|方可|可以?|才能|再)?(?:继续)?(?:查看|浏览|阅读|访问|操作)",
            "请先登录后再试",
            "wants to know who one is",
        ),
        Rule(
            "logged_out",
            r"(?:登录|会话|页面)(?:已)?(?:超时|过期|失效)|(?:系统)?已?自动退出.{0,8}重新登录|(?:选择|通过).{0,8}登录[，。]",
            "会话超时，已离线",
            "was logged out",
        ),
        Rule(
            "for_sale",
            r"域名.{0,8}(?:正在)?出售|(?:未备案|欠费).{0,16}暂停|已被(?:服务商|管理员).{0,4}(?:暂停|关闭|停用)",
            "该域名正在出售中",
            "nobody lives there any more",
        ),
        Rule(
            "lost",
            r"(?:内容|页面|网页|文章).{0,6}(?:搬家|迷路|走丢|飞走|被外星人).{0,20}",
            "内容好像搬家了",
            "gone, with a smile",
        ),
        Rule(
            "built",
            r"(?:栏目|页面|网站|频道|内容)(?:正在)?(?:建设|完善|整理|筹备)中?.{0,6}敬请期待",
            "频道筹备中，敬请期待",
            "not built yet",
        ),
        Rule(
            "account",
            r"没有账号|忘记密码|立即注册|登录即(?:表示|代表|视为)|(?:初始|登录)密码(?:为|是)",
            "还没有账号？",
            "the words round a login",
        ),
        Rule(
            "no_right",
            r"(?:没有|暂无|无)权限?(?:查看|浏览|访问|阅读)|无权(?:浏览|访问|查看)|阅读权限高于|尚未发布",
            "您没有权限查看",
            "one may not see it",
        ),
        Rule(
            "riddle",
            r"(?:输入|填写|点击|拖动|完成).{0,10}(?:验证码|图中|图片中|滑块|拼图|验证).{0,16}(?:继续|访问|浏览|提交)"
            r"|依次点击.{0,4}图",
            "请输入图中的字符以继续浏览",
            "a riddle for people",
        ),
        Rule(
            "too_fast",
            r"(?:访问|请求|操作)(?:次数)?(?:过于|太|过)(?:频繁|多|快)",
            "您的操作太快",
            "a limit is reached",
        ),
        Rule(
            "closed_to",
            r"(?:暂?不|未)[对向].{0,8}(?:地区|区域|国家).{0,8}(?:提供服务|开放)|(?:禁止|限制)(?:您的)?访问",
            "暂不对您所在的地区开放",
            "not for those who live there",
        ),
        Rule(
            "under_review",
            r"(?:正在|等待|尚未通过)审核.{0,12}(?:无法|不能|稍后|暂)|审核通过后.{0,6}(?:显示|展示|可见)",
            "正在审核，稍后再来",
            "not yet shown",
        ),
        Rule(
            "repairs",
            r"(?:正在|进行)(?:系统|网站|服务器?|平台|例行)?(?:维护|升级|改版).{0,24}(?:恢复|稍后|暂停|谅解|无法)"
            r"|(?:维护|升级)期间.{0,12}(?:无法|不能|暂停)",
            "升级期间无法打开",
            "the site is repaired",
        ),
        Rule(
            "ended",
            r"(?:活动|页面|投票|专题)(?:页面)?已经?(?:结束|过期|下线|关闭)",
            "您来晚了，投票已经结束",
            "what it was for is over",
        ),
        Rule(
            "found_nothing",
            r"(?:没有|未|没)(?:能)?(?:搜索|检索|查询|找)到.{0,30}(?:相关|匹配|符合).{0,6}(?:内容|结果|信息|记录|条目)",
            "没有检索到相关结果",
            "a search without a result",
        ),
        Rule(
            "app_only",
            r"(?:打开|下载|前往).{0,12}(?:客户端|APP|App|小程序).{0,8}(?:查看|阅读|观看|浏览)(?:完整|全部|更多|精彩)?"
            r"(?:内容|全文|原文|详情)",
            "打开客户端查看完整内容",
            "shows it in an app only",
        ),
        Rule(
            "program",
            r"OLE DB|ODBC|应用程序中的服务器错误|[Ss]tack [Tt]race|未处理的异常"
            r"|数据库(?:连接|查询)?(?:失败|错误|出错)"
            r"|\bSQL(?:STATE| Server| syntax)|Fatal error|java\.\w+\.\w+Exception|Warning: \w+\(",
            "Stack Trace: at line 21",
            "what a program prints that failed",
        ),
        Rule(
            "cookies",
            r"(?:使用|允许).{0,8}[Cc]ookies?.{0,40}(?:同意|设置|接受)",
            "本网使用Cookie，您可以在设置中修改",
            "a notice that must be answered",
        ),
    ),
    how=How.ANYWHERE,
)
"""What a page says under its headline where no article stands."""
