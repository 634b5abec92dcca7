"""All families, each as a site of its own."""

from collections.abc import Callable
from dataclasses import replace

from tests.site.families import gkmlpt, hanweb, plain, provinces, trs, ucap, vsb
from tests.site.families.portal import Portal
from tests.site.families.replies import compose_articles, compose_plan
from tests.site.families.serving import FamilySite
from tests.site.families.traps import Traps
from tests.site.model import Column, Event, Verb
from tests.site.replica import Site
from tests.site.zhengzhou import Zhengzhou

PORTALS: dict[str, Callable[[Traps | None], Portal]] = {
    "trs": trs.Trs,
    "trs-editor": trs.TrsEditor,
    "trs-hunan": trs.Hunan,
    "trs-chongqing": trs.Chongqing,
    "trs-count": trs.Ministry,
    "ucap": ucap.Ucap,
    "ucap-json": ucap.UcapService,
    "hanweb": hanweb.Hanweb,
    "jpaas": hanweb.Jpaas,
    "vsb": vsb.Vsb,
    "sudy": vsb.Sudy,
    "gkmlpt": gkmlpt.Gkmlpt,
    "shanghai": provinces.Shanghai,
    "hebei": provinces.Hebei,
    "henan": provinces.Henan,
    "anhui": provinces.Anhui,
    "ylcms": provinces.Ylcms,
    "numbered": plain.Numbered,
    "unlinked": plain.Unlinked,
    "calendar": plain.Calendar,
    "generic": plain.Generic,
}


def build_site(
    name: str, *, count: int, page_size: int, traps: Traps | None = None, key: str = "", later: int = 0, day: int = 1
) -> Site:
    """The site of a family (or ``zhengzhou``) with so many replies; ``key`` is its seed's, the family's by default.

    ``later`` more replies are published in round ``day``.
    """
    portal = PORTALS[name](traps) if name in PORTALS else None
    articles = compose_articles(count + later, seed=name, is_hex=bool(portal and portal.is_hex))
    events = tuple(
        Event(round=day, verb=Verb.PUBLISH, key=article.key, article=article, note="a later reply")
        for article in reversed(articles[:later])
    )
    plan = replace(compose_plan(key or name, "云泽市人民政府", articles[later:], page_size), events=events)
    return FamilySite(plan, portal) if portal else Site(plan, Zhengzhou())


def build_twins(count: int, page_size: int) -> Site:
    """A TRS site that lists every reply in two columns, under addresses of each column's own."""
    plan = compose_plan("twins", "云泽市人民政府", compose_articles(count, seed="twins"), page_size)
    other = Column("jyta", "建议提案", "建议提案办理")
    return FamilySite(replace(plan, columns=(*plan.columns, other)), trs.Twins())
