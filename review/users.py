"""Who may sign in: a file of names and scrypt hashes, one a line, that only its owner may read.

A line is ``NAME:$scrypt$ln=15,r=8,p=3$SALT$HASH``, with salt and hash in base64: each hash carries the parameters with
which it was made, so that they can be raised later. Costs follow OWASP's password storage cheat sheet (2024).
"""

import base64
import fcntl
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEAST_PASSWORD, MOST_PASSWORD = 12, 1_000  # characters
LONGEST_NAME = 100
COST, BLOCK, LANES = 15, 8, 3  # 2^15 rounds over 32 MiB, three times
_MOST_MEMORY, _MOST_LANES = 256 << 20, 16  # bytes and repetitions that a hash in a file may ask for
_HASH = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)")
Users = Mapping[str, str]  # names and hashes


class UsersError(Exception):
    """The file of users, a name or a password is not as it must be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Hash:
    """A parsed hash: the cost as a power of two, block size, lanes, salt and digest."""

    cost: int
    block: int
    lanes: int
    salt: bytes
    digest: bytes

    def fits(self, password: str) -> bool:
        """Whether it was made of this password; compared in constant time."""
        return hmac.compare_digest(derive_digest(password, self), self.digest)


def derive_digest(password: str, using: Hash) -> bytes:
    """The digest of a password with the salt and the parameters of a hash."""
    words = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    return hashlib.scrypt(
        words, salt=using.salt, n=1 << using.cost, r=using.block, p=using.lanes, maxmem=_MOST_MEMORY, dklen=32
    )


def hash_password(password: str) -> str:
    """A new hash of a password, with a salt of its own.

    Raises:
        UsersError: the password is too short or too long.
    """
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise UsersError(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters; this one has {len(password)}")
    return write_hash(password)


def write_hash(password: str, cost: int = COST) -> str:
    """A hash as it stands in the file."""
    blank = Hash(cost, BLOCK, LANES, secrets.token_bytes(16), b"")
    salt, digest = (base64.b64encode(one).decode() for one in (blank.salt, derive_digest(password, blank)))
    return f"$scrypt$ln={cost},r={BLOCK},p={LANES}${salt}${digest}"


def parse_hash(text: str) -> Hash:
    """A hash from its text.

    Raises:
        ValueError: it is none, or would take more memory than any that is made here.
    """
    found = _HASH.fullmatch(text)
    if found is None:
        raise ValueError(text)
    cost, block, lanes = (int(one) for one in found.groups()[:3])
    salt, digest = (base64.b64decode(one, validate=True) for one in found.groups()[3:])
    is_sound = min(cost, block, lanes) > 0 and lanes <= _MOST_LANES and bool(digest)
    if (
        not is_sound or 128 * block << cost > _MOST_MEMORY // 2
    ):  # the other half is for what scrypt has beside its table
        raise ValueError(text)
    return Hash(cost, block, lanes, salt, digest)


@cache
def make_decoy() -> str:
    """The hash against which an unknown name's password is tried, so that it takes as long as a known one's."""
    return write_hash(secrets.token_urlsafe(24))


def check_password(users: Users, name: str, password: str) -> bool:
    """Whether a user has this password. Takes as long for a name that there is not; long passwords are not tried."""
    known = users.get(name)
    fits = parse_hash(known or make_decoy()).fits(password[:MOST_PASSWORD])
    return fits and known is not None and len(password) <= MOST_PASSWORD


def check_name(name: str) -> str:
    """The name as it is kept (NFC, no blanks around it).

    Raises:
        UsersError: it cannot be one.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= LONGEST_NAME or ":" in name or name.startswith("#") or not name.isprintable():
        raise UsersError(f"a name has 1 to {LONGEST_NAME} printable characters, no colon, and no # at its beginning")
    return name


def read_users(path: Path) -> dict[str, str]:
    """The users of a file. Empty lines and lines that begin with # are passed over.

    Raises:
        UsersError: a line is none of ours, or others may read the file.
        OSError: it cannot be read.
    """
    if path.stat().st_mode & 0o077:
        raise UsersError(f"{path}: others may read it; chmod 600 {path}")
    users: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, text = line.partition(":")
        try:
            parse_hash(text)
            users[check_name(name)] = text
        except (ValueError, UsersError):
            raise UsersError(f"{path}: line {number} is no user; replywatch users add NAME makes one") from None
    return users


def change_users(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Read the file, change its users, and put the new file in its place, readable by its owner alone.

    One change at a time: another one waits. Comments of the old file go.

    Raises:
        UsersError: the file as it is cannot be understood, or the change is refused.
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with lock_folder(path.parent):
        users = read_users(path) if path.exists() else {}
        change(users)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.writelines(f"{one}:{text}\n" for one, text in sorted(users.items()))
                stream.flush()
                if path.exists():
                    keep_owner(descriptor, path)
                os.fsync(descriptor)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)


def keep_owner(descriptor: int, path: Path) -> None:
    """Give a new file to the owner of the old one: root may change what a service must read."""
    owner = path.stat()
    with suppress(PermissionError):
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, without a lock file that would be left behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class UsersFile:
    """The users as the file says now: it is read again when it was replaced, so a change needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._users: dict[str, str] = {}
        self.fault = ""
        make_decoy()  # now, so that the first unknown name takes no longer than the next

    def read(self) -> Users:
        """The users; none at all, and ``fault`` says why, while the file cannot be read or understood."""
        try:
            found = self._path.stat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
            if seen != self._seen:
                self._users = read_users(self._path)
                self._seen, self.fault = seen, ""
        except (UsersError, OSError) as error:
            self._seen, self._users, self.fault = None, {}, str(error)
        return self._users
