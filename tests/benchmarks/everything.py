"""All benchmarks one after the other, and their figures in one file.

Each is a module of its own and can be run alone, with --help. The machine should have nothing else to do: figures of
CPU time suffer a little from other load, those on the clock much. A benchmark that fails does not stop the others.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.site.commands import ROOT

RESULTS = ROOT / "build" / "bench.json"
BENCHES = tuple(path.stem.removeprefix("bench_") for path in sorted(Path(__file__).parent.glob("bench_*.py")))


def run_bench(name: str, *, is_quick: bool, folder: Path) -> dict[str, object]:
    """Run one with its tables shown as they come; its figures, and how long it took."""
    output = folder / f"{name}.json"
    words = [sys.executable, "-m", f"tests.benchmarks.bench_{name}", "--json", str(output)]
    begun = time.monotonic()
    code = subprocess.run([*words, *(["--quick"] if is_quick else [])], cwd=ROOT, check=False).returncode
    figures = json.loads(output.read_text(encoding="utf-8")) if output.exists() else {}
    return {"exit_code": code, "seconds": round(time.monotonic() - begun, 1)} | figures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.everything", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all without")
    parser.add_argument("--quick", action="store_true", help="fewer pages and runs: rough figures in some minutes")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help=f"default {RESULTS}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    gathered: dict[str, dict[str, object]] = {}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.names or BENCHES:
            sys.stdout.write(f"\n== {name}\n")
            sys.stdout.flush()
            gathered[name] = run_bench(name, is_quick=options.quick, folder=Path(folder))
            options.json.write_text(json.dumps(gathered, indent=1, ensure_ascii=False), encoding="utf-8")
    failed = [name for name, figures in gathered.items() if figures["exit_code"]]
    took = sum(float(str(figures["seconds"])) for figures in gathered.values())
    sys.stdout.write(f"\n{len(gathered)} benchmarks in {took / 60:.0f} minutes, figures in {options.json}\n")
    if failed:
        sys.stdout.write(f"failed, or missed a target that they hold themselves to: {', '.join(failed)}\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
