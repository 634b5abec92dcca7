"""`replywatch serve` refuses to let in just anybody."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli import main


@pytest.mark.parametrize(("token", "said"), [("", "give --users or --token-file"), ("abc", "20 are needed")])
def test_another_address_needs_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, said: str) -> None:
    """Without a token, or with one that could be guessed, the command ends with one line and 2."""
    monkeypatch.chdir(tmp_path)
    words = ["serve", "--host", "0.0.0.0"]  # noqa: S104 - it is refused
    if token:
        (tmp_path / "token").write_text(token, encoding="utf-8")
        words += ["--token-file", "token"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1
