"""All families, each as a site of its own."""

from collections.abc import Callable

from tests.site.families import gkmlpt, hanweb, plain, provinces, trs, ucap, vsb
from tests.site.families.portal import FamilySite, Portal, Traps
from tests.site.families.replies import compose_articles, compose_plan
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
    "generic": plain.Generic,
}


def build_site(name: str, *, count: int, page_size: int, traps: Traps | None = None, key: str = "") -> Site:
    """The site of a family (or ``zhengzhou``) with so many replies; ``key`` is its seed's, the family's by default."""
    portal = PORTALS[name](traps) if name in PORTALS else None
    articles = compose_articles(count, seed=name, is_hex=bool(portal and portal.is_hex))
    plan = compose_plan(key or name, "云泽市人民政府", articles, page_size)
    return FamilySite(plan, portal) if portal else Site(plan, Zhengzhou())
