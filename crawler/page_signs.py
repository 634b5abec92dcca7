"""The signs by which a body that is no document gives itself away.

Words alone prove nothing, because a document may speak of lost pages and of maintenance: every sign counts only on a
page that holds hardly any text of its own.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from crawler.extraction import extract_document
from crawler.extraction.embedded import find_embedded
from crawler.extraction.meta import first_meta
from crawler.extraction.noise import is_footer_line, is_noise_line, is_validity_banner
from crawler.extraction.page import ParsedPage
from crawler.extraction.text import render_lines
from crawler.extraction.title import Title, find_title, read_window_title

_THING = "页面|网页|信息|文章|内容|文件|栏目|资源|记录|数据|链接|网址|稿件|文档|地址"
_LOST = (
    "不存在|找不到|未找到|没有找到|无法找到|已被?删除|被删除|已经?删除|已下线|已失效|已过期|已撤销|已移除|已关闭|"
    "无法访问|不见了|还未通过审批|未发布|已被移除|丢失"
)
_SOFT_MARK = re.compile(
    rf"(?:{_THING})[^。\n]{{0,16}}(?:{_LOST})|(?:{_LOST})[^。\n]{{0,8}}(?:{_THING})"
    r"|404\s*(?:-|:|,|错误)?\s*(?:not\s*found|页面|error|错误|找不到|file)|^\s*(?:error\s*)?404\s*$"
    r"|\bpage\s+not\s+found\b|(?:page|file)[^.\n]{0,40}(?:not be found|does(?:n't| not) exist)"
    r"|无此(?:信息|文章|页面)|没有(?:该|此|这)(?:信息|文章|页面)",
    re.IGNORECASE,
)
# What such a page says to its visitor and nobody else: the only words that count under a document's own heading.
_SPOKEN_MARK = re.compile(
    rf"(?:抱歉|对不起|很抱歉|非常抱歉|sorry)?[，,！!\s]*(?:(?:您|你)(?:所|要)?(?:访问|查看|查找|浏览|请求|打开|寻找)[^。]{{0,8}})?"
    rf"(?:该|此|本)?(?:{_THING})[^。，]{{0,8}}(?:{_LOST})(?:或者?[^。，]{{0,12}})?[^。，]{{0,4}}[！!。.\s]*",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:系统|网站|站点|平台|服务器|本站)[^。\n]{0,10}(?:维护|升级|改版|迁移|关停|暂停服务)|(?:维护|升级)(?:中|期间)"
    r"|域名(?:变更|更换|调整|迁移|停用)|网站(?:已)?(?:关停|停止服务)"
    r"|(?:请输入|输入|填写)(?:图片中的|下图|右侧)?(?:的)?验证码|安全验证|人机验证|滑动(?:滑块|验证)"
    r"|访问(?:过于频繁|频率过高|被拒绝|受限|被拦截|异常)|请求(?:被|已被|存在)[^。\n]{0,10}(?:拦截|拒绝|阻断|威胁|攻击)"
    r"|access\s+denied|forbidden|网站防火墙|云防护|web应用防火墙"
    r"|访问(?:已)?被(?:阻断|拦截|禁止|阻止)|疑似(?:黑客)?攻击|requested url was rejected"
    r"|checking (?:if the site connection is secure|your browser)"
    r"|仅(?:限|允许|支持)(?:中国)?(?:境内|大陆|国内)[^。\n]{0,8}访问",
    re.IGNORECASE,
)
_DOCUMENT_TITLE = re.compile(r"答复|复函|提案|建议|议案|^关于|报告|方案|意见|办法|公报|总结")
_QUOTED = re.compile(r"反映|提出|问题|代表|委员")
_JUMP = re.compile(
    r"(?:(?:window|top|self|parent|document)\s*\.\s*)?location(?:\s*\.\s*(?:href|pathname))?\s*=\s*[\"']([^\"']{0,300})[\"']"
    r"|location\s*\.\s*(?:replace|assign)\s*\(\s*[\"']([^\"']{0,300})[\"']\s*\)",
)
_REFRESH = re.compile(r"^\s*(\d{1,6}(?:\.\d+)?)?\s*[;,]?\s*url\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
_LETTER = re.compile(r"尊敬的|收悉|答复如下|现.{0,12}答复|特此(?:函|答)复|感谢您")
_LITTLE, _HARDLY_ANY, _SHORT_LINE, _HALF_LINE, _ONE_LINE = 300, 100, 80, 40, 12
_DOCUMENT_PROSE, _SURE_PROSE = 260, 1500
_NOTHING = 12
_LEAST_READ = 0.2  # of the characters that stand between tags
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = re.compile(r"<(script|style|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_LONGEST_WAIT = 15
_LONGEST_CHALLENGE = 200_000
_LINKS_OF_LIST, _LINK_SHARE = 10, 0.6
_BROKEN_SHARE = 0.005


@dataclass(frozen=True)
class PageSigns:
    """What one page shows, each sign worked out when it is asked for."""

    page: ParsedPage

    @property
    def meta(self) -> dict[str, list[str]]:
        """The meta tags by lower-case name."""
        return self.page.meta

    @property
    def site_id_code(self) -> str | None:
        """The site's official code, as printed."""
        return first_meta(self.meta, "siteidcode")

    @property
    def site_name(self) -> str | None:
        """The site's name in the official meta tag."""
        return first_meta(self.meta, "sitename")

    @cached_property
    def window_title(self) -> str:
        """The text of the title element."""
        return read_window_title(self.page.outline)

    @cached_property
    def chars(self) -> int:
        """Visible characters of the whole page."""
        return self.page.outline.chars[0]

    @cached_property
    def is_unread(self) -> bool:
        """Whether the parser lost most of the text: it gives up on what is nested too deeply, where browsers go on."""
        text = _TAG.sub("", _UNSEEN.sub("", self.page.source))
        plain = len("".join(text.split()))
        return plain > _HARDLY_ANY and self.chars < plain * _LEAST_READ

    @property
    def core(self) -> int:
        """The place of the container in which a document would stand."""
        return self.page.core.place

    @cached_property
    def heading(self) -> Title:
        """The document's title, as extraction would find it."""
        others = [*self.meta.get("sitename", []), *self.meta.get("columnname", [])]
        return find_title(
            self.page.outline, self.core, self.page.core.tables, self.meta.get("articletitle", []), others
        )

    def shows_title(self, title: str) -> bool:
        """Whether the page prints a title, whatever the white space."""
        return "".join(title.split()) in "".join(self.page.source.split())

    @cached_property
    def prose(self) -> int:
        """Characters of the page's long lines outside links: what only a document has."""
        if (inside := self.page.outline.prose[self.core]) > _SURE_PROSE:
            return inside
        return sum(len(text) for text, is_linked in self.lines if len(text) >= _HALF_LINE and not is_linked)

    @cached_property
    def lines(self) -> list[tuple[str, bool]]:
        """The page's visible lines, and whether each is mostly link."""
        rendered = render_lines(self.page.root, self.page.outline.concealed)
        return [(line.text, line.linked * 2 > len(line.text)) for line in rendered]

    @cached_property
    def is_document(self) -> bool:
        """Whether the page has the marks of a document: official title and date, or the words of a letter."""
        if self.meta.get("articletitle") and self.meta.get("pubdate"):
            return True
        title = self.heading.text or ""
        if self.heading.is_confirmed and _DOCUMENT_TITLE.search(title) and not _SOFT_MARK.search(title):
            return True
        return any(_LETTER.search(text) for text, is_linked in self.lines if not is_linked)

    def find_vendor(self, cookies: str, *, has_waf_header: bool) -> str | None:
        """The vendor whose block page or challenge this is; None for a page with text of its own."""
        source = self.page.source
        if self.chars > _LITTLE or len(source) > _LONGEST_CHALLENGE:
            return None
        is_script = "document.cookie" in source and "<script" in source.lower() and self.chars < _HARDLY_ANY
        if (
            "知道创宇" in source
            or "ks-waf-error" in source
            or "__jsl_clearance" in source
            or has_waf_header
            or (is_script and "__jsluid" in cookies + source)
        ):
            return "knownsec"
        if self.chars < _HARDLY_ANY and re.search(
            r"\$_ts\b|<meta[^>]{0,2000}\br=[\"']?m\b|_\$[a-z]{2}\b[^<]{0,40}_\$[a-z]{2}\b", source
        ):
            return "ruishu"
        if re.search(r"GeoBL|wzws", source, re.IGNORECASE):
            return "wzws"
        if "adfwkey" in source:
            return "adfwkey"
        return "generic" if is_script and "location" in source else None

    @cached_property
    def jump(self) -> str | None:
        """Where a page without text of its own sends its visitor, by meta refresh or script."""
        for element in self.page.outline.nodes:
            if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
                found = _REFRESH.match(element.get("content") or "")
                if found and float(found[1] or 0) <= _LONGEST_WAIT and self.chars < _LITTLE and not self.is_document:
                    return found[2]
        if self.chars >= _HARDLY_ANY:
            return None
        scripts = " ".join(e.text or "" for e in self.page.outline.nodes if e.tag == "script")
        found = _JUMP.search(scripts)
        return (found[1] or found[2]) if found else None

    @cached_property
    def soft_mark(self) -> str | None:
        """The words by which a page says that the document is not there."""
        return self._find_words(_SOFT_MARK)

    @cached_property
    def notice(self) -> str | None:
        """The words of a system notice or a captcha that stands instead of the page."""
        return self._find_words(_NOTICE)

    def _find_words(self, pattern: re.Pattern[str]) -> str | None:
        """A short line that matches, on a page that is no document and has hardly any other text."""
        if self.prose > _DOCUMENT_PROSE:
            return None
        spoken = [text for text, is_linked in self.lines if not is_linked and len(text) <= _SHORT_LINE]
        marks = [text for text in [self.window_title, *spoken] if self._is_mark(text, pattern)]
        if self.is_document:
            marks = [] if self._says_more(spoken, marks) else [text for text in marks if _SPOKEN_MARK.fullmatch(text)]
        found = pattern.search(marks[0]) if marks else None
        return found[0] if found else None

    @staticmethod
    def _is_mark(text: str, pattern: re.Pattern[str]) -> bool:
        return pattern.search(text) is not None and not _QUOTED.search(text) and not is_validity_banner(text)

    def _says_more(self, spoken: list[str], marks: list[str]) -> bool:
        """Whether a page with a document's heading has a line of text besides the heading and the marks."""
        heading = self.heading.text or ""
        rest = (text for text in spoken if text not in marks and text not in heading and not is_noise_line(text))
        return any(len(text) >= _ONE_LINE and not is_footer_line(text) for text in rest)

    @cached_property
    def is_broken(self) -> bool:
        """Whether a good part of the bytes is in no known encoding."""
        return self.page.source.count("\ufffd") > len(self.page.source) * _BROKEN_SHARE

    @cached_property
    def is_cut_off(self) -> bool:
        """Whether the page stops in the middle: it began as a whole page, and nothing closes it."""
        source = self.page.source
        lowered = source.lower()
        if "<html" not in lowered[:3000] or "</html" in lowered or "</body" in lowered:
            return False
        return not lowered.rstrip().endswith(">") or lowered.count("<div") > lowered.count("</div")

    @cached_property
    def is_list(self) -> bool:
        """Whether what stands in the document's place is a list of links."""
        outline = self.page.outline
        links = sum(
            1 for i in range(self.core, outline.end[self.core]) if outline.nodes[i].tag == "a" and outline.links[i]
        )
        return links >= _LINKS_OF_LIST and outline.links[self.core] > outline.chars[self.core] * _LINK_SHARE

    @cached_property
    def emptiness(self) -> str | None:
        """Why the page holds no document: nothing at all, or a frame around nothing; None when it holds one."""
        outline = self.page.outline
        if self.prose > _DOCUMENT_PROSE:
            return None
        has_pictures = any(
            e.tag in {"img", "iframe", "embed", "object", "canvas", "video"}
            for e in outline.nodes[self.core : outline.end[self.core]]
        )
        document = extract_document(self.page)
        is_guess = "whole_page" in document.doubts and not _has_sentence(document.text)
        if (len(document.text) >= _NOTHING and not is_guess) or document.attachments:
            has_site_title = bool(self.window_title) and self.window_title == self.site_name
            is_front = has_site_title and self.is_list and not self.is_document and not document.attachments
            return "the title is the site's name" if is_front else None
        if has_pictures and self.is_document:
            return None
        return "an empty page" if self.chars < _NOTHING and find_embedded(outline) is None else "no text in the page"


def _has_sentence(text: str) -> bool:
    """Whether a text has a line that is a sentence of some length."""
    return any(len(line) > _HALF_LINE and line.rstrip("”）)").endswith(("。", ".", "！")) for line in text.split("\n"))


def read_signs(page: ParsedPage) -> PageSigns:
    """The signs of a parsed page."""
    return PageSigns(page)
