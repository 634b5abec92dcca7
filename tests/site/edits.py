"""What editors do to a published reply. Each function gives an edit for the script; to change nothing is an error."""

from dataclasses import replace

from tests.site.model import Article, Edit, File


def swap_words(old: str, new: str) -> Edit:
    """Write ``new`` wherever the text says ``old``."""

    def edit(article: Article) -> Article:
        return _change_text(article, tuple(line.replace(old, new) for line in article.paragraphs))

    return edit


def drop_section(heading: str, following: str) -> Edit:
    """Leave out the paragraphs from the one that begins with ``heading`` to before ``following``."""

    def edit(article: Article) -> Article:
        first, last = _find_line(article, heading), _find_line(article, following)
        return _change_text(article, article.paragraphs[:first] + article.paragraphs[last:])

    return edit


def shift_paragraph(beginning: str, before: str) -> Edit:
    """Put the paragraph that begins so before the one that begins otherwise, word for word."""

    def edit(article: Article) -> Article:
        moved = article.paragraphs[_find_line(article, beginning)]
        rest = [line for line in article.paragraphs if line != moved]
        place = next(number for number, line in enumerate(rest) if line.startswith(before))
        return _change_text(article, (*rest[:place], moved, *rest[place:]))

    return edit


def correct_title(title: str) -> Edit:
    """Give the reply another title."""
    return lambda article: replace(article, title=title)


def correct_written_date(date: str) -> Edit:
    """Give the info card another 成文日期."""
    return lambda article: replace(article, written_on=date)


def replace_file(file: File) -> Edit:
    """Put another file at the address of the one that has its name."""
    return lambda article: replace(
        article, files=tuple(file if old.name == file.name else old for old in article.files)
    )


def narrow_punctuation() -> Edit:
    """Write ASCII brackets and colons for the full-width ones, and indent with U+3000: no news."""

    def edit(article: Article) -> Article:
        narrow = str.maketrans("（）：；", "():;")
        return _change_text(article, tuple("\u3000\u3000" + line.translate(narrow) for line in article.paragraphs))

    return edit


def _change_text(article: Article, paragraphs: tuple[str, ...]) -> Article:
    if paragraphs == article.paragraphs:
        raise ValueError(f"this edit changes nothing in {article.key}")
    return replace(article, paragraphs=paragraphs)


def _find_line(article: Article, beginning: str) -> int:
    return next(number for number, line in enumerate(article.paragraphs) if line.startswith(beginning))
