"""A month of a site, composed from a seed: what editors do to it, and what trouble there is beside it.

The script of events is all there is: `tests.site.truth` works out from it what must be told.
"""

import random
from dataclasses import dataclass, field, replace

from tests.site.families.catalog import PORTALS
from tests.site.families.replies import COLUMN, compose_articles, compose_plan
from tests.site.files import make_pdf
from tests.site.model import Article, Event, File, Manner, Plan, Verb

DAYS = 30
LAST_START = 25  # nothing that takes three days to be told begins later
REPLIES, LATER, ROWS = 12, 2, 5
HEX_LENGTH = 32  # digits of an id that is no number
LEAST_STANDING = 7  # pages that always stand, so that a list never shrinks to nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A site's plan and what befalls the whole site: rounds without any good answer, in another encoding."""

    family: str
    plan: Plan
    outages: dict[int, Manner]
    flips: frozenset[int]

    @property
    def visits(self) -> tuple[int, ...]:
        """The rounds in which the site could be seen at all."""
        return tuple(day for day in range(DAYS) if day not in self.outages)


@dataclass(slots=True)
class _Composer:
    """Draws events day by day and remembers what each page is busy with."""

    chance: random.Random
    articles: dict[str, Article]
    spare: list[Article]
    busy: dict[str, int] = field(default_factory=dict)  # key to the first free day
    lost: set[str] = field(default_factory=set)
    cut_until: int = 0
    events: list[Event] = field(default_factory=list)

    def compose(self) -> tuple[Event, ...]:
        """A month of them, one or two a day."""
        for day in range(1, DAYS):
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self.draw_event(day)
        return tuple(self.events)

    def draw_event(self, day: int) -> None:
        """One event and, where it ends by itself, its end."""
        draw = self.chance.choices(
            (self.edit, self.disturb, self.remove, self.delist, self.move, self.publish, self.cut, self.redesign),
            (8, 4, 2, 2, 1, 1, 1, 1),
        )[0]
        draw(day)

    def pick(self, day: int) -> str | None:
        """A page that is free that day; never the last ones of a list."""
        free = [key for key in self.articles if self.busy.get(key, 0) <= day and key not in self.lost]
        return self.chance.choice(free) if free else None

    def has_room(self) -> bool:
        """Whether one more page may go."""
        return len(self.articles) - len(self.lost) > LEAST_STANDING

    def edit(self, day: int) -> None:
        """Words, numbers, dates, paragraphs, the title, a file."""
        key = self.pick(day)
        if key is not None:
            name, edit = draw_edit(self.chance, self.articles[key])
            self.events.append(Event(round=day, verb=Verb.EDIT, key=key, edit=edit, note=name))
            self.busy[key] = max(self.busy.get(key, 0), day + 1)
            self.articles[key] = edit(self.articles[key])
            if self.chance.random() < 1 / 5:  # put right again before or after anybody saw it
                before, back = self.articles[key], day + self.chance.choice((0, 1, 3))
                _, other = draw_edit(self.chance, before)
                self.events.append(Event(round=back, verb=Verb.EDIT, key=key, edit=other, note="and once more"))
                self.articles[key] = other(before)
                self.busy[key] = back + 1

    def disturb(self, day: int) -> None:
        """A page cannot be had for a while, or leads elsewhere; missing for too short a time to be gone."""
        key = self.pick(day)
        if key is not None:
            manner = self.chance.choice((*Manner,)[1:6])
            days = self.chance.choice((1, 2)) if manner.is_gone else self.chance.choice((1, 2, 4))
            self.events.append(
                Event(
                    round=day, verb=Verb.DISTURB, key=key, manner=manner, until=day + days, note=f"{manner} in passing"
                )
            )
            self.busy[key] = day + days + 1

    def remove(self, day: int) -> None:
        """Taken down, by any of three answers; some come back."""
        key = self.pick(day)
        if key is not None and day <= LAST_START and self.has_room():
            manner = self.chance.choice((Manner.MISSING, Manner.SOFT_MISSING, Manner.HOME))
            self.events.append(Event(round=day, verb=Verb.REMOVE, key=key, manner=manner, note=f"removed: {manner}"))
            self.end(key, day, Verb.RESTORE, self.chance.choice((2, 5, 8, DAYS)))

    def delist(self, day: int) -> None:
        """Off the list while the page stays."""
        key = self.pick(day)
        if key is not None and self.has_room():
            self.events.append(Event(round=day, verb=Verb.DELIST, key=key, note="off the list"))
            self.end(key, day, Verb.RELIST, self.chance.choice((1, 3, 6, DAYS)))

    def end(self, key: str, day: int, verb: Verb, days: int) -> None:
        """The return, if there is one."""
        if day + days < DAYS:
            self.events.append(Event(round=day + days, verb=verb, key=key, note=str(verb)))
            self.busy[key] = day + days + 1
        else:
            self.lost.add(key)

    def move(self, day: int) -> None:
        """Published anew under another id; the old address is a 404."""
        key = self.pick(day)
        is_free = day >= self.cut_until and day <= LAST_START and self.has_room()
        if key is not None and is_free and not self.articles[key].files:
            is_hex = len(key) == HEX_LENGTH
            new = f"{key[:-4]}{int(key[-4:], 16) + 1000:04x}" if is_hex else str(int(key) + 5)
            self.events.append(Event(round=day, verb=Verb.MOVE, key=key, new_key=new, note="moved"))
            self.lost.add(key)

    def publish(self, day: int) -> None:
        """A new reply, while the list can be read."""
        if self.spare and day >= self.cut_until:
            article = self.spare.pop()
            self.events.append(Event(round=day, verb=Verb.PUBLISH, key=article.key, article=article, note="new"))
            self.articles[article.key] = article
            self.busy[article.key] = day + 1

    def cut(self, day: int) -> None:
        """The list serves its first page only."""
        is_published = any(event.round >= day and event.verb in (Verb.PUBLISH, Verb.MOVE) for event in self.events)
        if day >= self.cut_until and not is_published:
            self.cut_until = day + self.chance.choice((1, 2, 3))
            self.events.append(
                Event(round=day, verb=Verb.CUT_LIST, key=COLUMN, size=1, until=self.cut_until, note="a partial list")
            )

    def redesign(self, day: int) -> None:
        """Another template around the same texts."""
        self.events.append(Event(round=day, verb=Verb.REDESIGN, note="a redesign"))


class _Edit:
    """An edit that was drawn: the article after it, whatever it is then but for the part that it changes."""

    def __init__(self, name: str, place: int, words: str) -> None:
        self.name, self.place, self.words = name, place, words

    def __call__(self, article: Article) -> Article:
        """The article after the edit."""
        lines = article.paragraphs
        match self.name:
            case "title":
                return replace(article, title=f"{article.title}（{self.words}）")
            case "file":
                return replace(article, files=(replace(article.files[0], body=make_pdf((self.words,))),))
            case "insert":
                return replace(article, paragraphs=(*lines[: self.place], self.words, *lines[self.place :]))
            case "drop":
                return replace(article, paragraphs=lines[: self.place] + lines[self.place + 1 :])
            case _:
                changed = (*lines[: self.place], self.words, *lines[self.place + 1 :])
                return replace(article, paragraphs=changed)


def draw_edit(chance: random.Random, article: Article) -> tuple[str, _Edit]:
    """An edit that changes something, and its name."""
    lines = article.paragraphs
    place = chance.randrange(2, len(lines) - 3)
    stamp = f"{chance.randrange(10**6):06}"
    names = ["number", "insert", "sentence", "title", "date", "contact"]
    names += ["drop"] if len(lines) > len("12345678") else []
    names += ["file"] * 3 if article.files else []
    name = chance.choice(names)
    if name == "number":
        words = "".join(str((int(mark) + 3) % 10) if mark.isdecimal() else mark for mark in lines[place])
        words = words if words != lines[place] else f"{words}共计{stamp}件。"
        return name, _Edit(name, place, words)
    if name == "date":
        return name, _Edit(name, len(lines) - 2, f"20{chance.randint(18, 25)}年{chance.randint(1, 12)}月{stamp[:1]}1日")
    if name == "contact":
        return name, _Edit(name, len(lines) - 1, f"（联系人：赵某，联系电话：0391-66{stamp[:5]}）")
    if name == "file":
        return name, _Edit(name, 0, f"Tasks {stamp}")
    if name == "title":
        return name, _Edit(name, 0, f"更正{chance.choice('一二三四五六七八九')}{chance.choice('甲乙丙丁')}")
    words = f"{lines[place]}另有{stamp}处正在办理。" if name == "sentence" else f"补充说明：第{stamp}号文件已经印发。"
    return name, _Edit(name, place, words)


def compose_month(seed: int) -> Month:
    """The month of a seed; families take turns."""
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    family = [*PORTALS][seed % len(PORTALS)]
    is_hex = PORTALS[family](None).is_hex
    articles = compose_articles(REPLIES + LATER, seed=f"{family} {seed}", is_hex=is_hex)
    articles = (*articles[:3], add_file(articles[3]), *articles[4:])
    standing = articles[LATER:]
    composer = _Composer(chance, {article.key: article for article in standing}, list(articles[:LATER]))
    composer.lost.update(article.key for article in standing[-2:])  # these two always stand, at the list's end
    events = composer.compose()
    outages = {chance.randrange(2, DAYS): chance.choice((Manner.FAIL, Manner.BLOCK)) for _ in range(2)}
    busy = {event.round for event in events if event.verb in (Verb.CUT_LIST, Verb.PUBLISH, Verb.MOVE)}
    plan = compose_plan(f"s{seed}", "云泽市人民政府", standing, ROWS)
    return Month(
        family=family,
        plan=replace(plan, events=events),
        outages={day: manner for day, manner in outages.items() if day not in busy},
        flips=frozenset(chance.randrange(1, DAYS) for _ in range(2)),
    )


def add_file(article: Article) -> Article:
    """The article with an attachment."""
    file = File(f"P{article.key}.pdf", "任务分解表.pdf", make_pdf(("Tasks", article.key)))
    return replace(article, files=(file,))
