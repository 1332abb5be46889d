"""The command `serve`: the server from its settings to its end."""

from __future__ import annotations

import argparse
import gc
import logging
import socket
import sys

from admin.options import DONE, FAILED, Commands, read_settings
from auth.services import account_services
from logs.setup import log_file, log_to
from storage.lock import DataLock
from storage.settings import Settings, secrets_of

# While answers stream, the event loop wants the interpreter all the time; a database thread that waits its turn for
# Python's default of 5 ms after each statement would hold up whoever asks next.
THREAD_SWITCH_SECONDS = 0.0005

log = logging.getLogger(__name__)


def add_to(commands: Commands, shared: argparse.ArgumentParser) -> None:
    serve = commands.add_parser("serve", parents=[shared], help="start the server (the default)")
    serve.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets colleagues in (127.0.0.1)")
    serve.add_argument("--port", type=int, default=7860, help="(7860)")
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    settings = read_settings(options)
    lock = DataLock(settings.data)
    if not lock.take():
        print(
            f"Another server runs on {settings.data}: end it first, or choose another folder with --data.",
            file=sys.stderr,
        )
        return FAILED
    log_to(log_file(settings.data), secrets=secrets_of(settings))
    for warning in settings.warnings:
        log.warning(warning)
    try:
        listener = _listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"Can't listen on {options.host}:{options.port} ({reason}): choose another with --port.", file=sys.stderr)
        return FAILED
    # Imported late: the settings are checked within a blink, Gradio takes seconds.
    from admin.server import uvicorn_server
    from app import build

    app = build(settings)
    server = uvicorn_server(app, settings)
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    # What the start has made stays: looking through it for garbage would stop all streams for a fifth of a second.
    gc.collect()
    gc.freeze()
    with listener:
        listener.listen(2048)
        address = _print_addresses(options.host, listener.getsockname()[1])
        _print_first_admin(settings, address)
        server.run(sockets=[listener])
    return DONE


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _print_addresses(host: str, port: int) -> str:
    """Tell the addresses; the one by which most will come."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        address = f"http://{_own_address()}:{port}"
        print(f"FabriX Agent Chat: http://127.0.0.1:{port}  Colleagues: {address}", flush=True)
    else:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        print(f"FabriX Agent Chat: {address}", flush=True)
    return address


def _print_first_admin(settings: Settings, address: str) -> None:
    """To the terminal alone: the log file must not hold it."""
    services = account_services(settings)
    try:
        path = services.database.write_now(services.links.make_for_first_admin)
    finally:
        services.close()
    if path:
        print(f"There is no administrator yet. For 24 hours, the first one is made at: {address}{path}", flush=True)


def _own_address() -> str:
    """The address by which others on the network reach this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
