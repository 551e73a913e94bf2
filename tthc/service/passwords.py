"""Passwords of people: how they are kept, and which are refused.

argon2id with the second profile that RFC 9106 recommends (3 passes, 64 MiB, 4 lanes; about 0.1 s).
No setting lowers it: whoever must go faster replaces `HASHER` in code, as the tests do. A hash of
another cost is renewed when its owner signs in.
"""

import asyncio
import base64
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from tthc.domain.errors import InputError

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
SHORTEST, LONGEST = 12, 200  # characters; the longest keeps hashing an essay from being an attack
FEWEST_SIGNS = 5  # different ones
# beside the loop, and few at once: each takes 64 MiB
_WORKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another on paper


async def hash_password(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _hash, password)


async def prove_password(password: str, recipe: str | None) -> str | None:
    """A password's hash, made as the kept one was: the proof that the database compares.

    None, and as slow, where there is no recipe.
    """
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _prove, password, recipe)


def is_outdated(recipe: str) -> bool:
    """Whether a hash was made at another cost than today's."""
    return HASHER.check_needs_rehash(recipe)


def make_password() -> str:
    """A first password to hand over on paper: four groups of five, 99 random bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def check_password(password: str, login: str) -> str:
    """The password, where a person may take it. Raises InputError, which says what to do."""
    if len(_normal(password)) < SHORTEST:
        raise InputError(
            f"Mật khẩu phải có ít nhất {SHORTEST} ký tự: hãy ghép vài từ mà chỉ bạn nghĩ ra."
        )
    if len(password) > LONGEST:
        raise InputError(f"Mật khẩu dài quá {LONGEST} ký tự: hãy chọn một mật khẩu ngắn hơn.")
    if login in password.casefold() or len(set(password.casefold())) < FEWEST_SIGNS:
        raise InputError(
            "Mật khẩu quá dễ đoán: không dùng tên đăng nhập, không lặp đi lặp lại vài ký tự."
        )
    return password


def _normal(password: str) -> str:
    """One form for what two keyboards type differently: “ế” may be one sign or three."""
    return unicodedata.normalize("NFKC", password)


def _hash(password: str) -> str:
    return HASHER.hash(_normal(password))


def _prove(password: str, recipe: str | None) -> str | None:
    hasher, salt = HASHER, secrets.token_bytes(HASHER.salt_len)
    if recipe:
        # of the same kind, where the tests count
        hasher = type(HASHER).from_parameters(extract_parameters(recipe))
        salt = _salt_of(recipe)
    proof = hasher.hash(_normal(password), salt=salt)
    return proof if recipe else None


def _salt_of(recipe: str) -> bytes:
    told = recipe.split("$")[-2]
    return base64.b64decode(told + "=" * (-len(told) % 4))
