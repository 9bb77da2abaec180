"""Run a function in a fresh process and measure its peak memory."""

import importlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
_PER_MB: Final = 1024 * 1024 if sys.platform == "darwin" else 1024


def measure(function: str, *, hash_seed: str = "0", **arguments: Any) -> dict[str, Any]:
    """Call ``module.function`` of this folder in a process of its own and return its answer.

    Arguments and answer are JSON objects; ``peak_mb`` is added to the answer. On Linux a child starts with
    the peak of the process that started it, so the caller must stay small.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", function],
        input=json.dumps(arguments),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def peak_mb() -> float:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_MB


def main() -> None:
    """Read arguments from standard input, call the function, and write its answer to standard output."""
    module, _, name = sys.argv[1].rpartition(".")
    function = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    answer = function(**json.load(sys.stdin))
    json.dump({**answer, "peak_mb": peak_mb()}, sys.stdout)


if __name__ == "__main__":
    main()
