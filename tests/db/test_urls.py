import pytest

from tthc.db import urls
from tthc.domain.errors import SettingError


@pytest.mark.parametrize(
    ("url", "user", "database"),
    [
        ("postgresql://a%40b:p%2F%25@h:1/d%20e", "a@b", "d e"),
        ("postgresql:///d?host=/s&user=u", "u", "d"),
        ("postgres://u@h1:1,h2:2/?dbname=d", "u", "d"),
        ("postgresql://u@%2Fvar%2Frun/d", "u", "d"),
        ("postgresql://u@h", "u", "u"),
        ("postgresql://h/d", "from-env", "d"),
    ],
)
def test_role_and_database_are_those_that_libpq_would_choose(
    url: str, user: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGUSER", "from-env")
    monkeypatch.delenv("PGDATABASE", raising=False)
    assert urls.user_of(url) == user
    assert urls.database_of(url) == database


def test_another_database_keeps_everything_else() -> None:
    url = "postgresql://a%40b:p%2F%25@h:1/old?sslmode=require&dbname=older"
    assert urls.with_database(url, "x y") == "postgresql://a%40b:p%2F%25@h:1/x%20y?sslmode=require"
    assert urls.with_database("postgresql:///old", "new") == "postgresql:///new"


def test_a_role_is_added_to_the_options_that_are_there() -> None:
    url = urls.as_role("postgresql:///d?options=-c%20jit%3Doff", "r")
    assert urls.parameter(url, "options") == "-c jit=off -c role=r"


@pytest.mark.parametrize("url", ["host=localhost dbname=x", "postgresql+asyncpg://h/d", "//[", "x"])
def test_a_setting_that_is_no_url_is_named(url: str) -> None:
    with pytest.raises(SettingError, match="TTHC_DATABASE_URL phải có dạng postgresql://"):
        urls.read_url(url, "TTHC_DATABASE_URL")
