"""A portal behind its door: which addresses it answers, and how lists that are no markup are sent."""

from pathlib import Path

from tests.site import answers
from tests.site.answers import Answer, Request
from tests.site.families.portal import Portal
from tests.site.model import Plan, World
from tests.site.replica import Site
from tests.site.truth import Expected, derive_truth

_ELSEWHERE = "/zxta"  # the column by its short name


class FamilySite(Site):
    """A site of one of the portals."""

    def __init__(self, plan: Plan, portal: Portal) -> None:
        self.portal = portal
        super().__init__(plan, portal)

    def _find_answer(self, request: Request, world: World, tick: int) -> Answer:
        if request.path == _ELSEWHERE:
            return answers.redirect_to(self.portal.place_list(self.plan.columns[0].code))
        is_other = self.portal.read_list(request) is None
        address = self.portal.read_article(request) if is_other else None
        page = world.pages.get(address[1]) if address else None
        if page and request.path not in self.portal.list_addresses(page):
            return answers.report_missing()  # the right id in a wrong folder is no page
        return super()._find_answer(request, world, tick)

    def expected_events(self, rounds: tuple[int, ...]) -> tuple[Expected, ...]:
        """As the replica's, on lists as this family pages them."""
        place, is_open_ended = self.portal.place_article, self.portal.is_open_ended
        return derive_truth(self.plan, place, rounds, is_open_ended=is_open_ended)

    def write_seed(self, folder: Path, *, delay: float = 0.0, cms: str | None = None) -> Path:
        """With the trap set, the seed names an address that only leads to the list."""
        path = super().write_seed(folder, delay=delay, cms=cms)
        if self.portal.traps.is_redirected:
            place = self.portal.place_list(self.plan.columns[0].code)
            path.write_text(path.read_text(encoding="utf-8").replace(place, _ELSEWHERE), encoding="utf-8")
        return path

    def _answer_list(self, world: World, column: str, number: int, tick: int) -> Answer:
        if self.plan.find_column(column) is None:
            return answers.report_missing()
        return self.portal.answer_list(self.plan, world, column, number, tick)
