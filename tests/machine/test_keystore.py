"""The system's keystore: what is kept there is found again by another process, and nothing else decides where it goes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.errors import LedgerError
from kiskriv.machine.keystore import SystemKeystore

pytest.importorskip("keyring", reason="the extra `keystore` is not installed")

from keyring.backend import KeyringBackend

ROOT = Path(__file__).parents[2]
SECRET = b"-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"
_BOUNDED = ("timeout", "--kill-after=5", "60")  # the whole group, so that nobody is left with a pipe in his hand
_PYTHON = (sys.executable, "-P", "-W", "error", "-c")

UNLOCKED = "printf %s password | gnome-keyring-daemon --components=secrets --unlock >/dev/null"
NEVER_OPENED = "gnome-keyring-daemon --components=secrets --start >/dev/null"
"""A login without a password (autologin, ssh): the service runs, and has no keyring but the one that lasts as long as the login."""

BEGIN = f"""
import os, signal, sys
from kiskriv.errors import LedgerError
from kiskriv.machine import keystore
from kiskriv.machine.keystore import SystemKeystore
SECRET = {SECRET!r}
store = SystemKeystore.found()
"""
TELL_EVERY_ERROR = """
for step in (lambda: store.read("a/current"), lambda: store.write("a/current", SECRET), lambda: store.remove("a/current")):
    try:
        step()
    except LedgerError as error:
        print(error, error.__context__, error.__cause__, sep="|")
"""
BARE = """
import secretstorage
from secretstorage.util import DBusAddressWrapper
bus = secretstorage.dbus_init()
"""


class Desktop:
    """A session bus with gnome-keyring on it, in folders of its own; ends with each program that is run on it, and keeps its files."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.noise = ""
        self._own = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONPATH": str(ROOT)}
        for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            (home / name).mkdir(mode=0o700)
            self._own[name] = str(home / name)

    def run(self, program: str, start: str = UNLOCKED, **environment: str) -> str:
        """What the program prints, errors with it. What the bus itself says is in `noise`."""
        done = subprocess.run(
            [*_BOUNDED, "dbus-run-session", "--", "sh", "-c", f'{start}; exec "$@" 2>&1', "sh", *_PYTHON, program],
            env=self._own | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.noise = done.stderr
        return done.stdout

    def files(self) -> bytes:
        """All that lies under its home."""
        return b"".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    missing = [name for name in ("dbus-run-session", "gnome-keyring-daemon", "timeout") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (Debian: dbus, gnome-keyring)")
    with tempfile.TemporaryDirectory(prefix="keystore") as home:  # a short path: the names of sockets are bounded
        yield Desktop(Path(home))


def test_what_is_written_is_read_by_another_process_after_the_next_login(desktop: Desktop) -> None:
    wrote = desktop.run(BEGIN + "print(store.read('a/current')); store.write('a/current', SECRET)")
    read = desktop.run(
        BEGIN + "print(store.read('a/current') == SECRET, store.read('a/next'), store.read('b/current'))"
    )
    assert (wrote, read) == ("None\n", "True None None\n")
    assert SECRET not in desktop.files()
    assert b"canary" not in desktop.files()


def test_a_write_takes_the_place_of_what_was_there_and_a_removal_leaves_the_other_name(desktop: Desktop) -> None:
    program = (
        BEGIN
        + """
store.write("a/current", b"first")
store.write("a/next", b"other")
store.write("a/current", SECRET)
print(store.read("a/current") == SECRET, store.read("a/next"))
"""
        + BARE
        + """
kept = secretstorage.get_collection_by_alias(bus, "default")
print(sorted(item.get_attributes()["username"] for item in kept.search_items({"service": "kiskriv"})))
bus.close()
store.remove("a/current")
store.remove("a/current")
print(store.read("a/current"), store.read("a/next"))
"""
    )
    assert desktop.run(program) == "True b'other'\n['a/current', 'a/next']\nNone b'other'\n"


def test_a_locked_keystore_is_found_and_says_what_to_do_and_asks_nobody(desktop: Desktop) -> None:
    lock = BARE + "secretstorage.get_collection_by_alias(bus, 'default').lock(); bus.close()\n"
    said = desktop.run(lock + BEGIN + TELL_EVERY_ERROR).splitlines()
    assert len(said) == 3
    for line in said:
        assert line.endswith("is locked: unlock it, or log out of this machine and in again|None|None")
    assert "Prompter" not in desktop.noise


def test_a_login_that_opens_no_keyring_has_no_keystore_and_nobody_is_asked_to_make_one(desktop: Desktop) -> None:
    assert desktop.run(BEGIN + "print(store)", NEVER_OPENED) == "None\n"
    assert "Prompter" not in desktop.noise


def test_a_keyring_that_is_gone_at_the_next_login_is_none(desktop: Desktop) -> None:
    program = (
        BARE
        + """
service = DBusAddressWrapper("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", bus)
service.call("SetAlias", "so", "default", "/org/freedesktop/secrets/collection/session")
print(secretstorage.get_collection_by_alias(bus, "default").collection_path)
bus.close()
"""
        + BEGIN
        + "print(store)"
    )
    assert desktop.run(program) == "/org/freedesktop/secrets/collection/session\nNone\n"


def test_a_keystore_that_does_not_answer_is_not_waited_for(desktop: Desktop) -> None:
    stop = (
        BARE
        + """
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy
pid, = Proxy(message_bus, bus).GetConnectionUnixProcessID("org.freedesktop.secrets")
bus.close()
os.kill(pid, signal.SIGSTOP)
keystore.PATIENCE = 0.2
try:
"""
    )
    steps = "\n".join("    " + line for line in (TELL_EVERY_ERROR + "print(SystemKeystore.found())").splitlines())
    said = desktop.run(BEGIN + stop + steps + "\nfinally:\n    os.kill(pid, signal.SIGKILL)").splitlines()
    assert [line.endswith("on the desktop of the user who set it up|None|None") for line in said] == [True] * 3 + [
        False
    ]
    assert said[-1] == "None"


def test_a_bus_that_went_away_is_told_and_the_secret_is_not(desktop: Desktop) -> None:
    gone = "os.environ['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nowhere'\n"
    said = desktop.run(BEGIN + gone + TELL_EVERY_ERROR)
    assert said.count("cannot be reached: start kiskriv on the desktop of the user who set it up|None|None\n") == 3
    assert "canary" not in said


def test_no_variable_and_no_file_of_keyring_decides_where_a_secret_goes(desktop: Desktop) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        settings = desktop.home / name / "python_keyring" / "keyringrc.cfg"
        settings.parent.mkdir()
        settings.write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\nkeyring-path=/nowhere\n")
    steered = {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "KEYRING_PROPERTY_PREFERRED_COLLECTION": "/org/freedesktop/secrets/collection/session",
        "KEYRING_PROPERTY_SCHEME": "KeePassXC",
        "KEYRING_PROPERTY_APPID": "another",
        "KEYRING_PROPERTY_SET_PASSWORD": "nothing that can be called",
    }
    assert desktop.run(
        BEGIN + "store.write('a/current', SECRET); print(store.read('a/current') == SECRET)", **steered
    ) == ("True\n")
    assert desktop.run(BEGIN + "print(store.read('a/current') == SECRET)") == "True\n"


def test_no_network_no_settings_no_log(desktop: Desktop) -> None:
    watched = """
import logging, socket, sys
logging.basicConfig(level=0)
def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        print("a socket", arguments[1:])
    if event == "open" and "keyringrc" in str(arguments[0]):
        print("a file", arguments[0])
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.posix_spawn"):
        print(event)
sys.addaudithook(watch)
"""
    used = "store.write('a/current', SECRET); store.read('a/current'); store.remove('a/current'); print('done')"
    assert desktop.run(watched + BEGIN + used) == "done\n"


@pytest.mark.parametrize(
    "address",
    [None, "", "unix:path=/nowhere", "unix:abstract=kiskriv-nobody-listens", "tcp:host=127.0.0.1,port=9", "no address"],
)
def test_without_a_bus_there_is_none_whatever_keyring_is_told(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems have no bus")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert SystemKeystore.found() is None


@pytest.mark.parametrize("missing", ["keyring", "secretstorage"])
def test_without_the_package_there_is_none(missing: str) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None  # as if it were not installed
from kiskriv.machine.keystore import SystemKeystore
print(SystemKeystore.found())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"None\n", b"")


def test_keyring_is_not_imported_before_it_is_looked_for() -> None:
    program = "import sys, kiskriv.machine.keystore; print({'keyring', 'secretstorage', 'jeepney'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


class Drawer(KeyringBackend):
    """A keystore that works, unless it is told not to: it may keep what it is told to remove, or repeat what it is given."""

    priority = -1  # keyring's own choice never falls on it

    def __init__(self, *, stuck: bool = False, talks: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.stuck, self.talks = stuck, talks

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.talks:
            raise ValueError(password)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if not self.stuck:
            self.kept.pop((service, username), None)


def test_a_removal_that_did_not_happen_is_an_error() -> None:
    drawer = Drawer()
    store = SystemKeystore(drawer)
    store.write("a/current", SECRET)
    drawer.stuck = True
    with pytest.raises(LedgerError, match="did not remove"):
        store.remove("a/current")
    drawer.stuck = False
    store.remove("a/current")
    assert store.read("a/current") is None


def test_an_error_below_says_nothing_of_the_secret() -> None:
    with pytest.raises(LedgerError) as raised:
        SystemKeystore(Drawer(talks=True)).write("a/current", SECRET)
    assert "canary" not in f"{raised.value!r} {raised.value} {raised.value.advice}"
    assert (raised.value.__context__, raised.value.__cause__) == (None, None)


def test_what_is_not_ascii_is_refused_before_anybody_sees_it() -> None:
    drawer = Drawer()
    with pytest.raises(ValueError, match="must be ASCII") as raised:
        SystemKeystore(drawer).write("a/current", b"canary\xff")
    assert "canary" not in repr(raised.value)
    assert drawer.kept == {}
