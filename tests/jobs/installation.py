"""An installation of its own for a test, and other processes that act in it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from seatsync.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90
"""How long a test waits for a process. An interrupted create alone may be waited for a minute."""


@dataclass
class Installation:
    """Where the database and the simulator are. Processes that it started end with it."""

    database: str
    simulator: str
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The settings, as a process gets them."""
        return {
            "SEATSYNC_DATABASE_URL": self.database,
            "SEATSYNC_CONNECTWISE_URL": self.simulator,
            "SEATSYNC_CONNECTWISE_COMPANY": "training",
            "SEATSYNC_CONNECTWISE_PUBLIC_KEY": "public-key",
            "SEATSYNC_CONNECTWISE_PRIVATE_KEY": "private-key",
            "SEATSYNC_CONNECTWISE_CLIENT_ID": "client-id",
            "SEATSYNC_SECRET_KEY": "private-key",
            "SEATSYNC_TODAY": "2026-11-22",
        }

    @property
    def settings(self) -> Settings:
        """The settings, as this process uses them."""
        return Settings.from_mapping(self.environment)

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        """Start a command as the leader of a process group."""
        process = subprocess.Popen(
            [sys.executable, "-m", "seatsync", *arguments],
            cwd=ROOT,
            env={**clean(os.environ), **self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def kill(self, process: "subprocess.Popen[str]") -> None:
        """End a process, with all that it started, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def writes(self) -> list[dict[str, Any]]:
        """Every write that reached the simulator."""
        log = httpx.get(f"{self.simulator}/simulator/requests", trust_env=False).json()
        return [entry for entry in log if entry["method"] != "GET"]

    def lines(self) -> dict[int, dict[str, Any]]:
        """Every line that the simulator holds, by id."""
        state = httpx.get(f"{self.simulator}/simulator/state", trust_env=False).json()
        return {line["id"]: line for line in state["additions"]}

    def fault(self, name: str, **more: Any) -> None:
        """Make requests go wrong from now on."""
        wish = {"name": name, **more}
        httpx.post(f"{self.simulator}/simulator/faults", json=wish, trust_env=False).raise_for_status()

    def close(self) -> None:
        """End what still runs, and close what the ended ones were heard by."""
        for process in self.started:
            if process.poll() is None:
                self.kill(process)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out the settings of whoever runs the tests."""
    return {name: value for name, value in environment.items() if not name.startswith("SEATSYNC_")}


def until(true: Callable[[], Any], what: str) -> Any:
    """Wait for something to become true."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {SECONDS} seconds for {what}")
