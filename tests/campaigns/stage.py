"""The stage of a composed month: a family's site with noise, outages, partial lists, redesigns, other encodings."""

import random
import re
from dataclasses import replace
from http import HTTPStatus

from tests.campaigns.month import Month
from tests.site import answers
from tests.site.answers import Answer, Request
from tests.site.families.catalog import PORTALS
from tests.site.families.serving import FamilySite
from tests.site.model import Manner, World

_PARAGRAPH = '<p style="text-indent:2em;line-height:30px">'
_FOOTER = '<div class="footer">'


class MonthSite(FamilySite):
    """A site that lives through a month."""

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(month.plan, PORTALS[month.family](None))

    def _find_answer(self, request: Request, world: World, tick: int) -> Answer:
        manner = self.month.outages.get(self.round)
        if manner is not None and request.path != "/robots.txt":
            return answers.block_visitor(tick) if manner is Manner.BLOCK else answers.fail_inside()
        answer = super()._find_answer(request, world, tick)
        if not dict(answer.headers).get("Content-Type", "").startswith("text/html"):
            return answer
        if answer.status == HTTPStatus.OK and self.portal.read_list(request) is None:
            answer = replace(answer, body=self._dress_page(answer.body.decode(), world, tick).encode())
        return flip_charset(answer) if self.round in self.month.flips else answer

    def _answer_list(self, world: World, column: str, number: int, tick: int) -> Answer:
        if column in world.list_sizes and number not in (0, 1):
            return answers.fail_inside()
        return super()._answer_list(world, column, number, tick)

    def _dress_page(self, text: str, world: World, tick: int) -> str:
        """Noise around the document, and the present skin."""
        text = text.replace(_FOOTER, f"{draw_noise(world, self.portal.place_article, tick)}{_FOOTER}")
        if world.skin % 2:
            text = text.replace(_PARAGRAPH, '<p class="para" style="margin:0 auto"><span>').replace(
                '<div class="container">', '<div class="wrap" id="skin2"><ul class="quick"><li>无障碍</li></ul>'
            )
            text = re.sub(
                r'<div class="header">.*?</div>', '<div class="top"><b>政府门户网站</b></div>', text, flags=re.DOTALL
            )
        return text


def draw_noise(world: World, place: object, tick: int) -> str:
    """A box of related documents, a captcha, an advertisement, the time: others at every request."""
    chance = random.Random(tick)  # noqa: S311 - noise
    assert callable(place)
    pages = [page for page in world.pages.values() if page.is_listed and page.manner is Manner.SERVE]
    near = chance.sample(pages, min(3, len(pages)))
    links = "".join(f'<li><a href="{place(page)}">{page.article.title}</a></li>' for page in near)
    return (
        f'<div class="related"><h3>相关阅读</h3><ul>{links}</ul></div>'
        f'<form class="comment"><p>留言与评论</p><label>验证码：</label><img src="/captcha.jpg?t={chance.random()}">'
        f'<input type="hidden" name="csrf_token" value="{chance.getrandbits(64):016x}"></form>'
        f'<div class="ad"><a href="/zt/{chance.randrange(99)}.html">'
        f'<img src="/ad/{chance.randrange(99)}.png"></a></div>'
        f'<p class="time">页面生成时间：2026-03-{chance.randint(10, 28)} 10:{chance.randint(10, 59)}:00</p>'
    )


def flip_charset(answer: Answer) -> Answer:
    """The same page in GB 18030, as it says itself in head and header."""
    text = (
        answer.body.decode().replace('charset="utf-8"', 'charset="gb2312"').replace("charset=utf-8", "charset=gb2312")
    )
    headers = tuple(
        (name, "text/html; charset=GBK" if name == "Content-Type" else value) for name, value in answer.headers
    )
    return replace(answer, body=text.encode("gb18030"), headers=headers)
