"""`python -m tests.benchmarks [--only NAME]…`: run the benchmarks, each in a process of its own, and write the page.

Each prints one line of JSON. With `--only` the page keeps the lines of the others as they were.
"""

import argparse
import os
import subprocess
import sys

import orjson

from tests.benchmarks.page import BENCHMARKS, PAGE, read_lines, write_page


def main() -> int:
    """Run what is asked for; 1 where a benchmark broke. A bar that is missed is told, and breaks nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", choices=list(BENCHMARKS), help=", ".join(BENCHMARKS))
    chosen = parser.parse_args().only or list(BENCHMARKS)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    lines, broken = read_lines(), False
    for name in chosen:
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, cwd=PAGE.parents[1], check=False)
        if done.returncode:
            print(f"{name} broke", file=sys.stderr)
            broken = True
            continue
        sys.stdout.write(done.stdout.decode())
        sys.stdout.flush()
        lines[name] = orjson.loads(done.stdout)
    write_page(lines)
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
