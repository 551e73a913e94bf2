"""Which server: the one named, or the embedded one (tests/db/embedded)."""

from pathlib import Path

import pytest

from tthc.db import urls
from tthc.db.server import running_server
from tthc.domain.errors import SettingError
from tthc.settings import Settings, read_settings


def named(app: str, owner: str = "", night: str = "") -> Settings:
    return read_settings(
        {
            "TTHC_DATABASE_URL": app,
            "TTHC_OWNER_DATABASE_URL": owner,
            "TTHC_NIGHT_DATABASE_URL": night,
            "TTHC_DATA_DIR": "/nonexistent/never/made",
        }
    )


def test_a_named_server_starts_nothing() -> None:
    with running_server(named("postgresql://tthc_app@h/d", "postgresql://boss@h/d")) as server:
        assert server.app_url == "postgresql://tthc_app@h/d"
        assert server.owner_url == "postgresql://boss@h/d"
        assert server.admin_url is None
    assert not Path("/nonexistent").exists()


def test_with_one_url_the_application_still_works_as_its_own_role() -> None:
    with running_server(named("postgresql://boss@h/d")) as server:
        assert urls.parameter(server.app_url, "options") == "-c role=tthc_app"
        assert server.owner_url == "postgresql://boss@h/d"


def test_jobs_and_commands_work_as_a_role_of_their_own() -> None:
    night = "postgresql://tthc_night@h/d"
    with running_server(named("postgresql://tthc_app@h/d", "postgresql://boss@h/d")) as server:
        assert urls.user_of(server.night_url) == "boss"
        assert urls.parameter(server.night_url, "options") == "-c role=tthc_night"
    with running_server(named("postgresql://tthc_app@h/d", night=night)) as server:
        assert server.night_url == night


def test_the_switch_for_pgbouncer_is_ours_and_not_libpq_s() -> None:
    app = "postgresql://tthc_app@h:6432/d?pgbouncer=true&sslmode=require"
    with running_server(named(app, "postgresql://boss@h/d")) as server:
        assert server.pooled
        assert server.app_url == "postgresql://tthc_app@h:6432/d?sslmode=require"


def test_the_night_may_be_pooled_and_the_owner_may_not() -> None:
    app, owner = "postgresql://tthc_app@h/d", "postgresql://boss@h/d"
    night = "postgresql://tthc_night@h:6432/d?pgbouncer=true"
    with running_server(named(app, owner, night)) as server:
        assert (server.pooled, server.night_pooled) == (False, True)
        assert server.night_url == "postgresql://tthc_night@h:6432/d"
    with (
        pytest.raises(SettingError, match="OWNER_DATABASE_URL phải nối thẳng"),
        running_server(named(app, f"{owner}?pgbouncer=true")),
    ):
        pass


def test_behind_pgbouncer_a_role_of_its_own_is_needed() -> None:
    with (
        pytest.raises(SettingError, match="PgBouncer"),
        running_server(named("postgresql://boss@h/d?pgbouncer=true")),
    ):
        pass


def test_an_owner_without_an_application_is_refused() -> None:
    with (
        pytest.raises(SettingError, match="thiếu TTHC_DATABASE_URL"),
        running_server(read_settings({"TTHC_OWNER_DATABASE_URL": "postgresql:///d"})),
    ):
        pass


def test_another_database_of_the_same_server() -> None:
    with running_server(named("postgresql://a@h/d", "postgresql://b@h/d")) as server:
        other = server.on("e")
        assert (other.app_url, other.owner_url) == ("postgresql://a@h/e", "postgresql://b@h/e")
