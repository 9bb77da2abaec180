"""Commands that serve: demo, serve, simulator."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from seatsync.cli.common import collect_again, pairs
from seatsync.console import tell
from seatsync.errors import InvalidChoice, SettingsError

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_DAY = "2026-11-22"


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; this machine's own by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8501,
) -> None:
    """Serve the app with the settings of the environment."""
    from seatsync.settings import is_loopback, load_settings
    from seatsync.wiring import Wiring

    if not is_loopback(host):
        raise SettingsError(
            {"--host": "must be an address of this machine while nobody signs in (local mode)"}
        )
    check_port(host, port)
    with Wiring(load_settings()):
        pass
    raise typer.Exit(run_app(app_command(host, port), {}))


def check_port(host: str, port: int) -> None:
    """Make sure that a port is free. Raises InvalidChoice when it is not."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise InvalidChoice(
                f"Port {port} on {host} can't be used ({why}). Choose another with --port."
            ) from error


def app_command(host: str, port: int) -> list[str]:
    """Return the command that serves the app."""
    script = str(ROOT / "seatsync" / "ui" / "server.py")
    options = [f"--server.address={host}", f"--server.port={port}", "--server.headless=true"]
    return [sys.executable, "-m", "streamlit", "run", script, *options]


def simulator(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8700,
    book: Annotated[Path | None, typer.Option(help="A book of clients, as JSON.")] = None,
    companies: Annotated[int, typer.Option(help="Invent a book of so many companies.")] = 0,
    seed: Annotated[int, typer.Option(help="Invent the same book again.")] = 0,
    latency_ms: Annotated[int, typer.Option(help="Wait so long before each answer.")] = 0,
    fault: Annotated[list[str] | None, typer.Option(help="NAME=RATE, repeatable.")] = None,
) -> None:
    """Serve a stand-in for ConnectWise on this machine."""
    from seatsync.settings import load_settings
    from seatsync.simulator.app import create_app
    from seatsync.simulator.book import SimulatedBook
    from seatsync.simulator.server import serve as serve_simulator

    check_port("127.0.0.1", port)
    try:
        rates = {name: float(rate) for name, rate in pairs(fault or [], "--fault").items()}
        if book is not None:
            simulated = SimulatedBook.load(book)
        elif companies:
            simulated = SimulatedBook.generate(companies, seed)
        else:
            simulated = SimulatedBook.sample()
        asgi = create_app(
            simulated, today=load_settings().today, latency_ms=latency_ms, faults=rates, seed=seed
        )
    except (ValueError, KeyError, OSError) as error:
        raise InvalidChoice(f"The simulator can't start: {error}.") from error
    # Only now: the book stays as long as the process, and the collector need not walk through its records.
    collect_again()
    tell(f"ConnectWise simulator on http://127.0.0.1:{port} with {len(simulated.companies)} companies.")
    serve_simulator(asgi, port)


def demo(
    port: Annotated[int, typer.Option(help="The port of the app.")] = 8501,
    companies: Annotated[
        int, typer.Option(help="Invent a book of so many companies; the sample book if 0.")
    ] = 0,
    simulator_port: Annotated[int, typer.Option(help="The port of the simulator; any free one if 0.")] = 0,
) -> None:
    """Start the simulator with a sample book of clients, and the app on it; nothing else is needed."""
    check_port("127.0.0.1", port)
    if simulator_port:
        check_port("127.0.0.1", simulator_port)
    else:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            simulator_port = probe.getsockname()[1]
    environment = demo_environment(port, simulator_port)
    arguments = ["--port", str(simulator_port), "--companies", str(companies)]
    stand_in = subprocess.Popen(
        [sys.executable, "-m", "seatsync", "simulator", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        tell(f"SeatSync demo: open http://127.0.0.1:{port} in the browser. Stop it with Ctrl-C.")
        tell(f"The sample exports to upload are in {ROOT / 'data' / 'samples'}.")
        code = run_app(app_command("127.0.0.1", port), environment)
    finally:
        stand_in.terminate()
        stand_in.wait()
    raise typer.Exit(code)


def run_app(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the app until it ends or is interrupted; a request to terminate is passed on to it."""
    app = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    signal.signal(signal.SIGTERM, lambda *_: app.terminate())
    try:
        return max(app.wait(), 0)
    except KeyboardInterrupt:
        app.terminate()
        app.wait()
        return 0


def demo_environment(port: int, simulator_port: int) -> Mapping[str, str]:
    """Return the demo's settings, over a database that starts empty, as the simulator does."""
    folder = ROOT / "data" / f"demo-{port}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return {
        "SEATSYNC_DATABASE_URL": f"sqlite:///{folder / 'seatsync.db'}",
        "SEATSYNC_CONNECTWISE_URL": f"http://127.0.0.1:{simulator_port}",
        "SEATSYNC_CONNECTWISE_COMPANY": "training",
        "SEATSYNC_CONNECTWISE_PUBLIC_KEY": "public-key",
        "SEATSYNC_CONNECTWISE_PRIVATE_KEY": "private-key",
        "SEATSYNC_CONNECTWISE_CLIENT_ID": "client-id",
        "SEATSYNC_TODAY": os.environ.get("SEATSYNC_TODAY") or SAMPLE_DAY,
    }


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (demo, serve, simulator):
        app.command()(command)
