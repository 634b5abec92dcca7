"""An archived drawing keeps what draws, and loses what acts."""

from review.drawings import prepare_drawing

URL = "https://a.example/img/a.svg"
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def prepare(body: str) -> str | None:
    """The drawing as it would be shown."""
    return prepare_drawing(body.encode(), URL, lambda target: f"/web/1/{target}")


def test_what_draws_is_kept() -> None:
    """Shapes, texts, references within, entities of its own, and text behind what is left away."""
    body = f'<!DOCTYPE svg [<!ENTITY a "red">]>{HEAD}><g fill="&a;"><use href="#b"/>甲<script/>乙</g></svg>'
    assert prepare(body) == f'{HEAD}><g fill="red"><use href="#b"/>甲乙</g></svg>'


def test_what_acts_is_left_away() -> None:
    """Scripts, handlers, clocks, elements of other languages, and instructions."""
    acting = (
        '<script>x</script><a xlink:href="/x"><animate attributeName="href" to="https://live.example"/>'
        '<set attributeName="onclick" to="x"/></a><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p>'
        '</foreignObject><h:link xmlns:h="http://www.w3.org/1999/xhtml" rel="preconnect" href="https://live.example"/>'
    )
    shown = prepare(f'<?xml-stylesheet href="https://live.example"?>{HEAD} onload="x">{acting}</svg>')
    assert shown == f'{HEAD}><a xlink:href="/web/1/https://a.example/x"/></svg>'


def test_links_lead_into_the_archive_or_nowhere() -> None:
    """Of links and pictures; nothing else has an address of its own."""
    body = (
        f'{HEAD} xml:base="https://live.example/"><a href="b.html"/><a href="javascript:x"/><image href="c.png"/>'
        '<use href="https://live.example/d.svg#x"/><image href="data:image/png;base64,AA"/></svg>'
    )
    shown = prepare(body) or ""
    assert "live.example" not in shown
    assert "javascript" not in shown
    assert '<a href="/web/1/https://a.example/img/b.html"/><a/>' in shown
    assert '<image href="/web/1/https://a.example/img/c.png"/><use/><image href="data:image/png;base64,AA"/>' in shown


def test_what_is_no_drawing_is_told_apart() -> None:
    """Broken XML, another language, an entity of outside, one that grows without end."""
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "long"}">' for n in range(12))
    assert prepare(f"<!DOCTYPE svg [{grown}]>{HEAD}><text>&a11;</text></svg>") is None
    assert prepare(f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>{HEAD}>&e;</svg>') is None
    assert prepare('<html xmlns="http://www.w3.org/1999/xhtml"/>') is None
    assert prepare(f"{HEAD}>") is None
    assert prepare("") is None
