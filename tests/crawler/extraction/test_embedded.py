"""Documents that a page carries as data."""

from crawler.extraction import extract_document, parse_page


def test_a_document_in_a_script_is_read_beside_a_box_of_links() -> None:
    """What a page shows of other documents is not taken for the one that its script holds."""
    sentence = "一、我局高度重视此项工作，今年以来已经投入资金320万元，完成改造项目26个，惠及群众1.2万人。"
    links = "".join(
        f'<li><a href="/{n}.html">关于进一步加强第{n}类公共服务设施建设的提案的答复</a></li>' for n in range(4)
    )
    detail = f'{{"DETAIL": {{"title": "答复", "content": "<p>{sentence}</p><p>{sentence * 3}</p>"}}}}'
    page = (
        f"<html><head><title>关于道路的答复</title></head><body><div id='app'></div>"
        f"<script>window._CONFIG = {detail};</script>"
        f"<div class='related'><h3>相关阅读</h3><ul>{links}</ul></div></body></html>"
    )
    assert extract_document(parse_page(page.encode())).text == f"{sentence}\n{sentence * 3}"
