"""The commands of run.py: serve, and administer from a shell."""

from __future__ import annotations

import argparse
import asyncio
import gc
import getpass
import logging
import socket
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from storage.settings import Settings, SettingsError, load_settings, write_first_settings

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("serve", "create-admin")
# While answers stream, the event loop wants the interpreter all the time; a database thread that waits its turn for
# Python's default of 5 ms after each statement would hold up whoever asks next.
THREAD_SWITCH_SECONDS = 0.0005
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Run a command; its exit status."""
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help"):
        arguments = ["serve", *arguments]
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python run.py",
        description="FabriX Agent Chat",
        epilog="`python run.py test` runs all tests; what follows goes to pytest.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="the data folder (data/)")
    shared.add_argument(
        "--secrets", type=Path, default=ROOT / "secrets.toml", metavar="FILE", help="the settings (secrets.toml)"
    )
    serve = commands.add_parser("serve", parents=[shared], help="start the server (the default)")
    serve.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets colleagues in (127.0.0.1)")
    serve.add_argument("--port", type=int, default=7860, help="(7860)")
    serve.set_defaults(run=_serve)
    create = commands.add_parser("create-admin", parents=[shared], help="make an account for an administrator")
    create.add_argument("username", metavar="USERNAME")
    create.add_argument("--email", required=True)
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.set_defaults(run=_create_admin)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    try:
        if not options.secrets.exists():
            key = write_first_settings(options.secrets)
            print(f"Wrote {options.secrets}. Sign-up key: {key}", flush=True)
        (options.data / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} can't be written ({error.strerror}): choose another place with --data or --secrets."
        ) from None
    return load_settings(options.secrets, data=options.data)


def _serve(options: argparse.Namespace) -> int:
    settings = _settings(options)
    _log_to(settings.data / "logs" / "chat.log")
    for warning in settings.warnings:
        log.warning(warning)
    try:
        listener = _listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"Can't listen on {options.host}:{options.port} ({reason}): choose another with --port.", file=sys.stderr)
        return 1
    # Imported late: the settings are checked within a blink, Gradio takes seconds.
    from admin.server import uvicorn_server
    from app import build

    server = uvicorn_server(build(settings), settings)
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    # What the start has made stays: looking through it for garbage would stop all streams for a fifth of a second.
    gc.collect()
    gc.freeze()
    with listener:
        listener.listen(2048)
        _print_addresses(options.host, listener.getsockname()[1])
        server.run(sockets=[listener])
    return 0


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


def _print_addresses(host: str, port: int) -> None:
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        print(f"FabriX Agent Chat: http://127.0.0.1:{port}  Colleagues: http://{_own_address()}:{port}", flush=True)
    else:
        print(f"FabriX Agent Chat: http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)


def _own_address() -> str:
    """The address by which others on the network reach this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _log_to(path: Path) -> None:
    file = RotatingFileHandler(path, maxBytes=10 << 20, backupCount=5, encoding="utf-8", delay=True)
    console = logging.StreamHandler()
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, handlers=[file, console])
    # Their everyday lines name every address that is called.
    for name in ("httpx", "httpcore", "alembic", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _create_admin(options: argparse.Namespace) -> int:
    settings = _settings(options)
    for warning in settings.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    password = _password(from_stdin=options.password_stdin)
    if password is None:
        print("The two passwords are not the same.", file=sys.stderr)
        return 1
    return asyncio.run(_add_admin(settings, username=options.username, email=options.email, password=password))


def _password(*, from_stdin: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    return first if first == getpass.getpass("Once more: ") else None


async def _add_admin(settings: Settings, *, username: str, email: str, password: str) -> int:
    from app import account_services
    from auth.accounts import NewPerson
    from auth.errors import UsernameExists
    from storage.audit import shell

    services = account_services(settings)
    try:
        problems = services.accounts.problems(NewPerson(username, email, password))
        for field, sentences in problems.items():
            print(f"{field}: {' '.join(sentences)}", file=sys.stderr)
        if problems:
            return 1
        await services.accounts.add(NewPerson(username, email, password), role="admin", actor=shell())
    except UsernameExists:
        print(f"There is a user {username} already: choose another name.", file=sys.stderr)
        return 1
    finally:
        services.close()
    print(f"Made the administrator {username}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
