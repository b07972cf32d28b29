"""Ends of lists: every way in which a page says that there is more, and true ends."""

from datetime import datetime

import pytest

from crawler.pages.lists.links import read_listing
from crawler.runs.proof import PageEnd, judge_page
from storage.records import SHANGHAI, Listing, MoreKind
from tests.crawler.pages.lists.listings import LISTINGS
from tests.crawler.pages.lists.scoring import faults_of_ends

URL = "http://www.example-news.cn/szxw/index.html"
NOW = datetime(2021, 3, 1, 9, tzinfo=SHANGHAI)


def list_page(tail: str, *, head: str = "", rows: int = 10) -> bytes:
    """A plain list of ``rows`` articles with ``tail`` after it and ``head`` before it."""
    items = "".join(
        f'<li><a href="/szxw/202101/t20210{120 + n}_{30 + n}.html">南岭政协开展第{n}次专题调研</a>'
        f"<span>2021-01-{20 + n:02d}</span></li>"
        for n in range(rows)
    )
    return (
        "<html><head><meta charset='utf-8'><title>时政要闻</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a></div>{head}<ul class='list'>{items}</ul>{tail}"
        "<div class='foot'><a href='/about.html'>关于我们</a></div></body></html>"
    ).encode()


def read(
    tail: str, *, head: str = "", url: str = URL, rows: int = 10, page_number: int | None = None
) -> Listing:
    body = list_page(tail, head=head, rows=rows)
    return read_listing(body, url=url, now=NOW, page_number=page_number)


GOES_ON = {
    "address of the page itself under a script": '<p class="page">共9页 '
    '<a href="?" onclick="go(2)">下一页</a></p>',
    "address of the page itself under a number": '<p class="page">共9页 <a href="index.html" '
    'data-page="2">下一页</a></p>',
    "ten pages on, the numbers without addresses": '<p class="page"><b>10</b>'
    '<a href="index_11.html">下10页</a></p>',
    "button": '<button type="button" class="btn">点击加载更多</button>',
    "link to nowhere": '<a href="javascript:;" class="loadmore">查看更多内容</a>',
    "text that is pulled": '<div class="pull-up"><span>上拉加载更多</span></div>',
    "script of a step": '<div class="fy"><a href="javascript:goPage(2)">下一页</a></div>',
    "script of numbers": '<p class="fy"><b>1</b><a href="#" onclick="fy(2);return false">2</a></p>',
    "post of a form": "<form method='post'><button name='pg' value='2'>下一页</button></form>",
    "picture button": '<form><input type="image" alt="下一页" src="/n.gif"></form>',
    "postback": "<span id='Pager'><a href=\"javascript:__doPostBack('ctl00$Pager','Page$2')\">2</a>"
    "</span>",
    "JCMS tagname": '<div class="pagination"><a class="pgNext" href="javascript:void(0)" '
    'tagname="/col/col12/index.html?uid=30&pageNum=2" title="下一页">下一页</a></div>',
    "JCMS datastore": "<script type='text/xml'><datastore><totalrecord>95</totalrecord>"
    "<totalpage>7</totalpage></datastore></script>",
    "laypage of old": "<div id='p'></div><script>laypage({cont:'p',pages: 18, curr: 1})</script>",
    "laypage fed by an answer": "<div id='p'></div><script>"
    "$.get('/api',function(res){laypage.render({elem:'p',count:res.count,limit:10})})</script>",
    "laypage under another name": "<div id='p'></div><script>var total = 73, size = 20;"
    "layui.use('laypage',function(){var lp=layui.laypage;lp.render({elem:'p',count:total})})"
    "</script>",
    "numbers without addresses": '<ul class="ant-pagination"><li class="item-active"><a>1</a></li>'
    '<li class="item"><a rel="nofollow">2</a></li></ul>',
    "a fraction between pictures": '<div class="pagebox"><img onclick="go(-1)"> 1 / 15 '
    '<img onclick="go(1)"></div>',
    "jquery.pagination": "<script>$('.M-box').pagination({pageCount:50,current:1})</script>",
    "jqPaginator": "<script>$('#p').jqPaginator({totalCounts: 0, totalPages: 9, currentPage: 1})"
    "</script>",
    "twbsPagination": "<script>$('#p').twbsPagination({totalPages: 35, visiblePages: 7})</script>",
    "choice of addresses": "第<select onchange='location=this.value'><option value='?page=1'"
    " selected>1<option value='?page=2'>2<option value='?page=3'>3</select>页",
    "choice of numbers": "<select name='page' onchange='go(this.value)'><option value='1'>第1页"
    "</option><option value='2'>第2页</option></select>",
    "fragment": '<div class="pages"><a href="#p=1" class="cur">1</a><a href="#p=2">2</a></div>',
    "fragment of a script site": '<div class="page"><span>1</span><a href="#/list/2">2</a></div>',
    "Element": '<el-pagination :page-size="10" :total="41" layout="prev, next"></el-pagination>',
    "Ant": '<a-pagination :total="410" :defaultPageSize="10"></a-pagination>',
    "attributes": '<div class="pager" data-total-page="12" data-current="1"></div>',
    "hidden fields": '<input type="hidden" name="pageCount" value="6">'
    '<input type="hidden" name="pageNo" value="1">',
    "variables": "<script>var recordCount = 345; var pageSize = 10; draw();</script>",
    "JSON of the server": '<script>var g={"total":57,"size":10,"pageSize":10}</script>',
    "next flag": '<script id="d" type="application/json">{"hasNextPage": true}</script>',
    "last flag": '<div id="box" data-is-last="false"></div>',
    "more flag": '<div id="box" has-more="1"></div>',
    "scrolling": "<script>addEventListener('scroll',function(){near()&&loadNext()})</script>",
    "observer": "<script>new IntersectionObserver(function(){getList(++page)}).observe(x)</script>",
    "icons": '<div class="pagebar"><a class="icon-next" href="javascript:turn(2)">›</a></div>',
    "words of a total": "<div class='info'>共 63 条记录</div>",
    "words of a total and a size": "<div>每页 10 条，共 63 条</div>",
    "words of pages": "<div>当前第 1 页，总页数：7</div>",
    "slash": "<div class='page'>页次：1/16 <a href='javascript:next()'>下页</a></div>",
    "Vue": '<li class="next"><span @click="turn(page + 1)">下一页</span></li>',
    "English": '<div class="pager"><a href="javascript:p(2)">Next</a></div>',
    "base64": "<div id='pages'>PGEgaHJlZj0iL3N6eHcvaW5kZXhfMi5odG1sIj7kuIvkuIDpobU8L2E+</div>",
    "box that loads": '<div class="load-more" data-page="2" data-url="/api/list">更'
    "多精彩内容</div>",
    "older entries by script": '<div class="nav"><a href="javascript:older()">较早的文章</a></div>',
    "an album that goes on": '<div class="js_album" data-continue_flag="1"></div>',
    "first pages of many": '<div class="page">第1/1页</div><p>共 1,236 条，仅显示前 1 页</p>',
    "columns, each with its own list": '<h2>要闻</h2><a href="/szxw/202101/">更多&gt;&gt;</a>',
    "zxf_page": "<div class='zxf_pagediv'></div><script>$('.zxf_pagediv').createPage({pag"
    "eNum: 24,current: 1,backfun: function(e){}});</script>",
    "Element without numbers": '<el-pagination :total="total" :page-size="10" layou'
    't="prev,pager,next"><'
    "/el-pagination>",
    "Vant": '<van-list v-model="loading" :finished="finished" finished-text="没有更多了" @'
    'load="onLoad"></van-list>',
    "uni-app": '<uni-load-more status="more"></uni-load-more>',
    "directive of scrolling": '<div v-infinite-scroll="load" infinite-scroll-disabl'
    'ed="busy"></div>',
    "MeScroll": "<script>var mescroll=new MeScroll('mescroll',{up:{callback:upCallback,pa"
    "ge:{num:0,size:10}}});</script>",
    "dropload": "<script>$('.content').dropload({scrollArea:window,loadDownFn:function(me"
    "){page++;$.ajax({url:'/list?page='+page})}})</script>",
    "one of twenty-four": '<div class="page"><span>1/24</span></div>',
    "page 1 of 24": '<div class="pages">Page 1 of 24</div>',
    "jump to a page": '<div class="page">跳转到<input type="text" id="pn"/>页 <button onclick="jump'
    '(24)">GO</button></div>',
    "picture with a script": '<div><img src="next.gif" alt="下一页" onclick="next()"></div>',
    "icon with a script": '<div class="turn-page"><i class="iconfont icon-right" onclick="nextPage('
    ')"></i></div>',
    "更多 by script": '<p class="more"><a href="javascript:void(0)" onclick="ajaxMore()">更多</a>'
    "</p>",
    "lazy frame": '<turbo-frame id="p" src="/list?page=2" loading="lazy"></turbo-frame>',
    "htmx": '<div hx-get="/list?page=2" hx-trigger="revealed"></div>',
    "ias": '<script>jQuery.ias({container:".list",item:"li",pagination:"#p",next:".n'
    'ext a"})</script>',
    "blanks inside the word": '<div class="page"><a href="javascript:g(2)">下\u3000一\u3000'
    "页</a></div>",
    "rel of a script": '<a rel="next" href="javascript:void(0)" onclick="p(2)"></a>',
    "picture map": '<map><area shape="rect" alt="下一页" href="javascript:n()"></map>',
    "label of a button": '<button type="button" aria-label="下一页"><svg></svg></button>',
    "label in English": '<button class="btn-next" aria-label="Next page"><i class="el-icon"></i><'
    "/button>",
    "Element's own markup": '<div class="el-pagination"><ul class="el-pager"><li cl'
    'ass="number active'
    '">1</li><li class="number">2</li><li class="number">24</li></ul><button '
    'type="button" class="btn-next"><i></i></button></div>',
    "Ant's own markup": '<ul class="ant-pagination"><li class="ant-pagination-item-active">1</li>'
    '<li class="ant-pagination-item">2</li><li class="ant-pagination-next"><a'
    "></a></li></ul>",
}

ENDS_HERE = {
    "nothing": "",
    "another column": '<h3>专题</h3><a class="more" href="/zt/">更多&gt;&gt;</a>',
    "another column by script": "<h3>视频</h3><a onclick=\"location.href='/sp/'\">更多</a>",
    "no more": '<p class="tip">没有更多数据了</p>',
    "bottom": '<div class="loaded">— 我是有底线的 —</div>',
    "hidden button": '<button style="display: none">加载更多</button><div>已全部加载</div>',
    "disabled step": '<ul class="pagination"><li class="active"><a href="#">1</a></li>'
    '<li class="disabled"><a href="javascript:;">下一页</a></li></ul>',
    "step that alerts": "<a href=\"javascript:alert('已经是最后一页')\">下一页</a> 共1页",
    "plain words": "<div class='fy'>首页 上一页 <b>1</b> 下一页 尾页</div>",
    "one of one": "<div>共 10 条 第 1 / 1 页</div>",
    "laypage that fits": "<script>laypage.render({elem:'p',count: 10,limit: 15})</script>",
    "one page by script": "<script>createPageHTML(1, 0, 'index', 'html');</script>",
    "function only": "<script>function nextPage(n){location.href='index_'+n+'.html'}</script>",
    "comment": "<!-- <a href='javascript:go(2)'>下一页</a> <div pagecount='8'></div> -->",
    "commented script": "<script>/* laypage.render({count:500,limit:10}) */ // var totalPage = 8\n"
    "</script>",
    "slides": '<div class="focus"><a href="javascript:;">1</a><a href="javascript:;">2</a>'
    '<a class="next" href="javascript:;">&gt;</a></div>',
    "calendar": "<table class='calendar'><tr>"
    + "".join(f'<td><a href="javascript:day({n})">{n}</a></td>' for n in range(1, 32))
    + "</tr></table>",
    "back to top": "<script>$(window).scroll(function(){$('#top').toggle()})</script>",
    "years": "<select name='year' onchange='go()'><option>1</option><option>2</option></select>",
    "friends": "<select onchange='window.open(this.value)'><option value='http://a.cn'>一</option>"
    "<option value='http://b.cn'>二</option></select>",
    "step to itself": f'<div class="page"><b>1</b> <a href="{URL}">下一页</a></div>',
    "last flag": '<div data-has-more="false"></div>',
    "ranks of a hot list": "<ol class='hot'><li><em>1</em></li><li><em>2</em></li></ol>",
    "bottom in a loader's box": '<p class="load-more">已经到底了~</p>',
    "Element's own markup of one page": '<div class="el-pagination"><ul class="el-p'
    'ager"><li class="number active'
    '">1</li></ul><button type="button" class="btn-next" disabled><i></i></bu'
    "tton></div>",
    "share buttons": '<div class="share"><a href="javascript:;">分享</a><a href="javascript:;">更'
    "多</a></div>",
    "slide's step": '<div class="swiper-button-next">›</div>',
    "state of one page": '<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps"'
    ':{"page":1,"totalPages":1}}}</script>',
    "select of other sites": '<select onchange="window.open(this.value)"><option>友'
    "情链接</option><option "
    'value="http://a.cn">1</option><option value="http://b.cn">2</option></se'
    "lect>",
    "moving words": '<script>setInterval(scrollNews,50)</script><div class="scroll">公告</div>',
    "button that is disabled by label": '<button aria-label="下一页" disabled><svg></svg></button>',
    "loader's box that leads elsewhere": '<div class="btn-more"><a href="/tpxw/">更'
    "多图片</a></div>",
    "one of one in a pager": '<div class="page"><span>1/1</span></div>',
    "pager box without numbers": '<div class="pagination"></div>',
    "share by script": '<a href="javascript:;" onclick="shareMore()">更多</a>',
}


@pytest.mark.parametrize("kind", GOES_ON)
def test_a_page_that_offers_more_never_proves_an_end(kind: str) -> None:
    listing = read(GOES_ON[kind])
    assert len(listing.links) == 10
    end = judge_page(listing)
    assert not end.proved, end.why
    assert end.why


@pytest.mark.parametrize("kind", ENDS_HERE)
def test_a_true_end_stays_an_end(kind: str) -> None:
    listing = read(ENDS_HERE[kind])
    assert len(listing.links) == 10
    end = judge_page(listing)
    assert end.proved, end.why
    assert listing.next_page is None


@pytest.mark.parametrize(
    "words",
    [
        "总计35条", "总计：35 条记录", "全部35条", "总35条", "共检索到35条", "共有文章35篇",
        "总条目：35", "数据总量35条", "找到约35条结果", "总计4页", "剩余25条", "还有25篇",
    ],
)  # fmt: skip
def test_a_total_in_other_words_proves_no_end(words: str) -> None:
    assert not judge_page(read(f'<div class="page">{words}</div>')).proved


FOLLOWED = {
    "JCMS tagname": (
        GOES_ON["JCMS tagname"],
        "http://www.example-news.cn/col/col12/index.html?uid=30&pageNum=2",
    ),
    "address in a script": (
        "<a href=\"javascript:turn('index_2.html')\">下一页</a>",
        "http://www.example-news.cn/szxw/index_2.html",
    ),
    "function in the page": (
        '<p class="fy"><a onclick="jump(2)">下一页</a></p>'
        "<script>function jump(n){window.location.href='list_'+n+'.shtml';}</script>",
        "http://www.example-news.cn/szxw/list_2.shtml",
    ),
    "callback of a pager": (
        "<script>$('#p').jqPaginator({totalPages:9,currentPage:1,onPageChange:function(num,type){"
        "if(type=='change'){location.href='?page='+num}}})</script>",
        "http://www.example-news.cn/szxw/index.html?page=2",
    ),
    "choice": (GOES_ON["choice of addresses"], "http://www.example-news.cn/szxw/index.html?page=2"),
    "base64": (GOES_ON["base64"], "http://www.example-news.cn/szxw/index_2.html"),
    "written by TRS": (
        "<script>var currentPage = 0;\nvar nextPage = currentPage+1;\nvar countPage = 3;\n"
        "if(currentPage != (countPage-1)) document.write('<a href=\"index_' + nextPage + "
        "'.html\">下一页</a>');</script>",
        "http://www.example-news.cn/szxw/index_1.html",
    ),
    "createPageHTML from zero": (
        "<script>createPageHTML(3,0,'index','html')</script>",
        "http://www.example-news.cn/szxw/index_1.html",
    ),
    "createPageHTML from one": (
        "<script>createPageHTML(3,1,'index','html')</script>",
        "http://www.example-news.cn/szxw/index_2.html",
    ),
}


@pytest.mark.parametrize("kind", FOLLOWED)
def test_an_address_that_the_page_makes_with_certainty_is_followed(kind: str) -> None:
    tail, address = FOLLOWED[kind]
    assert read(tail).next_page == address


@pytest.mark.parametrize(
    "tail",
    [
        '<a onclick="jump(2)">下一页</a><script>function jump(n){location.href=base+n}</script>',
        '<a onclick="jump(2)">下一页</a><script>function jump(n){if(n>3)location.href="/a/"+n;'
        'else location.href="/b/"+n}</script>',
        "<a href=\"javascript:turn('http://www.other-site.com/index_2.html',2)\">翻页</a>",
    ],
    ids=["unknown name", "two addresses", "no step"],
)
def test_an_address_that_is_not_certain_is_not_built(tail: str) -> None:
    assert read(tail).next_page is None


@pytest.mark.parametrize(
    ("call", "asked", "number", "following"),
    [
        ("createPageHTML(5,2,'index','html')", 3, 3, "index_3.html"),  # counted from zero
        ("createPageHTML(5,2,'index','html')", 2, 2, "index_3.html"),  # counted from one
        ("createPageHTML(5,4,'index','html')", 5, 5, None),
        ("createPageHTML(5,4,'index','html')", 4, 4, "index_5.html"),
        ("createPageHTML(5,5,'index','html')", 5, 5, None),
    ],
)
def test_the_number_asked_for_tells_zero_from_one(
    call: str, asked: int, number: int, following: str | None
) -> None:
    current = call.split(",")[1]
    url = f"http://www.example-news.cn/szxw/index_{current}.html"
    listing = read(f"<script>{call}</script>", url=url, page_number=asked)
    assert listing.page_number == number
    assert listing.next_page == (following and f"http://www.example-news.cn/szxw/{following}")


def test_of_two_calls_of_the_pager_the_one_of_the_page_itself_counts() -> None:
    calls = "createPageHTML(20,0,'index','html');\ncreatePageHTML(9,8,'index','html');"
    url = "http://www.example-news.cn/szxw/index_8.html"
    commented = read(f"<script>//{calls}</script>", url=url, page_number=9)
    both = read(f"<script>{calls}</script>", url=url, page_number=9)
    assert [(one.page_number, one.page_count, one.next_page) for one in (commented, both)] == [
        (9, 9, None),
        (9, 9, None),
    ]


def test_a_month_of_an_archive_goes_on_with_the_month_before_it() -> None:
    months = "".join(
        f"<option value='/archive/2021/{n:02d}/'{' selected' * (n == 1)}>2021年{n}月</option>"
        for n in (2, 1)
    )
    years = "<option value='/archive/2020/12/'>2020年12月</option>"
    first = read(f"<select onchange='location=this.value'>{months}</select>")
    later = read(f"<select onchange='location=this.value'>{months}{years}</select>")
    assert judge_page(first).proved
    assert [sign.evidence for sign in later.more] == ["2020年12月"]
    listed = "<ul><li><a href='/archive/2021/02/'>2021年2月(14)</a></li>"
    listed += "<li><a href='/archive/2021/01/'>2021年1月(9)</a></li></ul>"
    url = "http://www.example-news.cn/archive/2021/02/"
    assert [sign.evidence for sign in read(listed, url=url).more] == ["2021年1月"]


def test_days_of_a_calendar_beside_are_no_pages() -> None:
    days = "".join(f"<a href='/cal/2021-01/{n:02d}.html'>{n}</a>" for n in range(1, 32))
    pages = "<div><b>1</b><a href='index_2.html'>2</a><a href='index_3.html'>3</a></div>"
    listing = read(f"<div>{days}</div>{pages}")
    assert listing.next_page == "http://www.example-news.cn/szxw/index_2.html"
    assert (listing.page_number, listing.page_count) == (1, None)


@pytest.mark.parametrize(("last", "proved"), [(57, True), (20, False)])
def test_the_articles_that_a_table_says_it_shows_tell_its_last_page(
    last: int, proved: bool
) -> None:
    shown = f"显示第 {last - 9} 至 {last} 项结果，共 57 项"
    pager = f"<div class='paginate'><a class='paginate_button current'>{-(-last // 10)}</a></div>"
    assert judge_page(read(f"<div>{shown}</div>{pager}")).proved == proved


def test_links_beside_a_list_that_holds_all_that_the_page_declares_are_no_articles() -> None:
    beside = "".join(
        f"<li><a href='/zt/{n}.jhtml'>北岸委员工作室接待第{n}次</a></li>" for n in "1234"
    )
    listing = read("<p>共 10 条记录 1/1 页</p>", head=f"<div><ul>{beside}</ul></div>")
    assert len(listing.links) == 10


def test_a_link_to_more_behind_the_last_ones_id_is_followed() -> None:
    url = "http://www.example-news.cn/list?c=zx"
    listing = read('<a class="more" href="/list?c=zx&amp;lastId=30">点击查看更多</a>', url=url)
    assert listing.next_page == "http://www.example-news.cn/list?c=zx&lastId=30"


def test_a_call_that_names_its_box_first_and_the_articles_last_counts_from_one() -> None:
    call = "createPageHTML('page_div',34, 2,'list','shtml',503);"
    listing = read(f"<script>{call}</script>", url="http://www.example-news.cn/szxw/list_2.shtml")
    assert (listing.page_number, listing.page_count) == (2, 34)
    assert listing.next_page == "http://www.example-news.cn/szxw/list_3.shtml"


def test_an_empty_page_behind_the_last_one_is_an_end() -> None:
    pager = "<div>共17页 <a href='?page=17'>上一页</a> <a href='?page=16'>16</a></div>"
    url = "http://www.example-news.cn/szxw/?page=18"
    listing = read(f"<p>暂无相关内容</p>{pager}", url=url, rows=0)
    assert judge_page(listing) == PageEnd(proved=True, why="page 18 of 17")


def test_a_fraction_behind_the_total_is_page_and_pages() -> None:
    listing = read("<td>共173条&nbsp;&nbsp;9/9&nbsp;</td>")
    assert (listing.page_number, listing.page_count, listing.item_count) == (9, 9, 173)


def test_totals_of_scripts_are_read() -> None:
    listing = read("<script>laypage.render({elem:'p',count:238,limit:10,curr:1})</script>")
    assert (listing.item_count, listing.page_size, listing.page_count) == (238, 10, 24)


def test_a_sign_carries_what_stands_on_the_page() -> None:
    listing = read('<div class="page"><a href="javascript:gotoPage(2)">下一页</a></div>')
    assert [(sign.kind, sign.evidence) for sign in listing.more] == [
        (MoreKind.STEP, "下一页 (javascript:gotoPage(2))")
    ]


def test_the_last_of_counted_pages_is_the_end_though_its_step_still_answers() -> None:
    listing = read("<div>第16页/共16页 <a href='javascript:next()'>下一页</a></div>")
    assert judge_page(listing) == PageEnd(proved=True, why="page 16 of 16")


WRITERS = (
    *("ends", "ends_third", "ends_fourth", "ends_fifth", "ends_sixth", "ends_seventh"),
    *("ends_eighth", "ends_ninth", "ends_tenth"),
)
FAULTS = {
    f"{folder}/{name}": wrong
    for folder in WRITERS
    for name, wrong in faults_of_ends(LISTINGS / folder)
}
# y15, y16 and y08 show no sign that they go on, which proves an end here (a weak one), and none
# to their writers.  z06 is empty behind the last page, as a page in the middle is that fails.
KNOWN_ENDS = {
    "ends_fourth/y15.html",
    "ends_fifth/z06.html",
    "ends_sixth/y16.html",
    "ends_eighth/y08.html",
}


@pytest.mark.parametrize("name", FAULTS)
def test_ends_written_by_somebody_who_had_not_seen_the_rules(name: str) -> None:
    wrong = FAULTS[name]
    # In brackets: a total or an address that the page gives and that may stay unread.
    faults = [part for part in wrong.split("; ") if part and not part.startswith("(")]
    assert bool(faults) == (name in KNOWN_ENDS), faults


def test_every_page_of_ends_is_in_its_table() -> None:
    for folder in WRITERS:
        pages = {f"{folder}/{path.name}" for path in (LISTINGS / folder).glob("*.html")}
        assert pages == {name for name in FAULTS if name.startswith(f"{folder}/")}


def test_a_next_page_is_stated_by_a_link_that_a_stray_tag_put_into_the_body() -> None:
    listing = read('<link rel="next" href="/szxw/index_2.html">')
    assert listing.next_page == "http://www.example-news.cn/szxw/index_2.html"
