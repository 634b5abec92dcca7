"""What stands around a document and is none of it: by the words of a line, and by the names of a block.

Names of classes and ids are weak signs: they are only asked about blocks that hold a small part of the page.
"""

import re

from lxml.etree import _Element as Element

# Words of class and id names, as whole words between the borders of the name.
_NOISE_WORDS = (
    "nav|navs|navbar|menu|menus|submenu|crumb|crumbs|breadcrumb|breadcrumbs|position|location|dqwz|weizhi|"
    "header|top|topbar|foot|footer|bottom|copyright|banner|sidebar|aside|side|login|search|searchbox|"
    "share|shares|sharebox|bdshare|bshare|social|fenxiang|print|dayin|printer|close|guanbi|"
    "qrcode|qr|ewm|erweima|qcode|scan|saoyisao|"
    "related|relation|relate|relalinks|xgwd|xgwj|xglj|xgxx|xgyd|xgjd|glgj|xgnews|recommend|tuijian|hot|"
    "prev|next|prevnext|pagenext|preNext|pager|pagination|pages|pagebar|"
    "tool|tools|toolbar|funs|btfuns|fontsize|font-size|zihao|ziti|counter|hits|views|"
    "attach|attachs|attachment|attachments|appendix|accessory|fujian|fjxz|fjlist|"
    "comment|comments|feedback|jiucuo|error|correct|tags|taglist|"
    "editor-info|zrbj|copyright|dialog|modal|popup|mask|tips|advert|ad|ads|links|friendlink|yqlj|"
    "collect|favorite|shoucang|evaluate|pingjia|satisfaction|video-box|player"
)
_NOISE_NAME = re.compile(rf"(?:^|[\s_-])(?:{_NOISE_WORDS})(?:$|[\s_-])|pagesource|(?:other|file)-word", re.IGNORECASE)
_NOISE_TAGS = frozenset({"nav", "header", "footer", "aside"})
# What editors' own styles are called: a Word style named "Header" is a paragraph of the document.
_EDITOR_NAME = re.compile(r"\b(?:Mso\w*|vsbcontent\w*|insertfileTag|TRS_\w+|pages_content)\b")

_HEADINGS = (
    "相关(?:链接|稿件|文件|新闻|阅读|文章|文档|报道|解读|信息|附件|资讯|内容|推荐|政策|公告|下载|资料|专题|文件链接|文件下载)+"
    "|关联(?:稿件|文章|信息|解读|文件|阅读)|附件下载|文件下载|延伸阅读|推荐阅读|热门(?:推荐|文章|新闻)|解读链接|文字解读|图文解读"
    "|政策(?:咨询|解读|原文|文件)|图片解读|媒体解读|专家解读|部门解读"
)
_NOISE_LINE = re.compile(
    rf"""^[【〖\[（(|·•\s]*(?:
    (?:{_HEADINGS})[:：]?
    |(?:责任编辑|责\s*编|编\s*辑|审\s*核|审核人?|校对|初审|复审|终审|一审|二审|三审|值班编辑|网站编辑|信息员|发布人|录入|录入员|编辑员|审核员|稿件审核|信息审核|撰稿人?|供稿单位?)\s*(?:[:：]|人[:：]).{{0,60}}
    |(?:来源|信息来源|文章来源|稿源|作者|浏览量|浏览次数|浏览|点击量|点击数|点击|点击率|阅读|阅读量|阅读次数|访问量|访问次数|发布时间|发布日期|更新时间|更新日期)[:：].{{0,80}}
    |(?:本文|此文|该文|页面|信息|文章)?(?:被)?(?:浏览|阅读|点击|访问)(?:次数|量|数)?[:：]?\d*次?
    |分享(?:到|至|本页|文章|按钮)?[:：]?.{{0,40}}
    |(?:(?:打\s*印|关\s*闭|收\s*藏|复\s*制|保\s*存|下\s*载|返\s*回|纠\s*错|分\s*享|我要)(?:本页|此文|本文|正文|窗口|文章|页面|此页|本页面|链接|纠错|打印|列表|顶部)*[】〗\]）)【〖\[（(\s|·、/]*)+
    |(?:我要)?(?:纠错|找错|分享|咨询|评论|收藏|打印|留言)(?:[|\s/·]*(?:我要)?(?:纠错|分享|打印|关闭|收藏|本页|窗口|正文|保存|返回|顶部|列表|下载))*
    |(?:返\s*回)(?:顶部|首页|列表|上一页|上页|上级)?
    |【?\s*字\s*[号体]\s*(?:大小)?\s*[:：]?.{{0,20}}|文字大小[:：]?.{{0,12}}|字体(?:大小)?[:：]?.{{0,12}}
    |[大中小\s|【】\[\]·]+
    |(?:手机)?扫\s*一\s*扫.{{0,40}}|(?:用|请用|使用)?(?:手机|微信).{{0,6}}(?:扫|看|查看|浏览|打开).{{0,24}}
    |(?:上一?[篇条页则]|下一?[篇条页则]|前一篇|后一篇)(?:[:：\s].*|文章.*|信息.*|)
    |微信|微博|新浪微博|QQ空间|QQ|QQ好友|腾讯微博|朋友圈|手机版|标签[:：]?.{{0,60}}
    |留言与评论.{{0,40}}|验证码[:：]?.{{0,12}}|(?:发表|网友)评论.{{0,20}}|(?:您|你)?(?:还没有)?登录.{{0,12}}
    |(?:您|你)?(?:所在|现在|当前)?的?(?:位置|当前位置)(?:是|为)?[:：].{{0,120}}
    |.{{0,20}}(?:版权所有|ICP备|公网安备|网站标识码).{{0,300}}
    |如(?:果)?(?:您|你)?对.{{0,12}}(?:有|存在)(?:疑问|异议|意见).{{0,120}}
    |(?:您|你)?(?:所|即将|正在|将要)?(?:访问|浏览|打开)的?.{{0,16}}(?:跳转|离开|进入|转向|不在本站|外部链接).{{0,60}}
    |是否(?:继续|确认|离开|跳转).{{0,20}}|(?:(?:继续访问|继续浏览|放弃|取消|确定|确认|返回|关闭|是|否)[\s|/]*)+|(?:温馨|友情)提示[:：]?
    |(?:上|下)一页|首页|尾页|末页|[<>《》»«\s|]+
    )[】〗\]）)|·•\s]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_SURE_FOOTER = re.compile(r"版权所有|ICP备|公网安备|网站标识码|copyright|网站地图|技术支持[:：]", re.IGNORECASE)
_WEAK_FOOTER = re.compile(
    r"主办|承办|地址[:：]|电话[:：]|邮编|联系我们|关于我们|关于本站|隐私声明|站点地图|版权声明|传真"
)
_FILE_HEADING = re.compile(r"[【\[（(\s]*(?:相关)?(?:附件|附件下载|文件下载|下载附件)\s*[:：]?[】\]）)\s]*")
_BANNER = re.compile(
    r"[【\[（(!！\s]*(?:此|本|该)?(?:文件|公文|文|规范性文件)?(?:现)?(?:全文|已经|已|自动)+(?:失效|废止|作废|终止)[】\]）)!！。\s]*"
)
_EMPTY_HEADING = re.compile(r"(?:视频|链接|图片)\s*[:：]?")
_LONGEST_NOISE = 320
_TAIL_HEADING = re.compile(rf"^[【〖\[（(\s]*(?:{_HEADINGS})[:：]?[】〗\]）)\s]*$")


def is_noise_line(line: str) -> bool:
    """Whether a whole line is one of a page's tools, an editor's line, a neighbour's title or a footer."""
    return not line or (len(line) <= _LONGEST_NOISE and _NOISE_LINE.match(line) is not None)


def is_validity_banner(line: str) -> bool:
    """Whether a line is a banner that says that a document is no longer in force."""
    return _BANNER.fullmatch(line) is not None


def is_file_heading(line: str) -> bool:
    """Whether a line heads a list of files, and names none itself."""
    return _FILE_HEADING.fullmatch(line) is not None


def is_tail_line(line: str) -> bool:
    """Whether a line is no part of a document when nothing of it follows: a tool, or a heading over nothing."""
    return is_noise_line(line) or is_file_heading(line) or _EMPTY_HEADING.fullmatch(line) is not None


def is_footer_line(line: str) -> bool:
    """Whether a line is a page's footer: by one sure mark or several weak ones. A letter's contact line is none."""
    if _SURE_FOOTER.search(line):
        return True
    return len(set(_WEAK_FOOTER.findall(line))) > 1 and "联系人" not in line and "联系单位" not in line


def is_tail_heading(line: str) -> bool:
    """Whether a line heads a box of related things below a document."""
    return _TAIL_HEADING.match(line) is not None


def has_noise_name(element: Element) -> bool:
    """Whether a block's tag, class or id says that it is furniture. A sign for small blocks only."""
    if element.tag in _NOISE_TAGS:
        return True
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(name) > 1 and _NOISE_NAME.search(name) is not None and not _EDITOR_NAME.search(name)
