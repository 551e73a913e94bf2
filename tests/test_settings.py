from pathlib import Path

import pytest

from tthc.domain.errors import SettingError
from tthc.settings import read_settings


def test_an_empty_variable_counts_as_unset() -> None:
    settings = read_settings({"TTHC_DATABASE_URL": "", "TTHC_PORT": ""})
    assert settings.database_url is None
    assert settings.port == 8000


def test_the_owner_falls_back_to_the_application_s_url() -> None:
    settings = read_settings({"TTHC_DATABASE_URL": "postgresql:///a"})
    assert settings.owner_database_url == "postgresql:///a"


def test_a_data_directory_is_absolute() -> None:
    assert read_settings({"TTHC_DATA_DIR": "here"}).data_dir == Path.cwd() / "here"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000x", "٨"])
def test_a_port_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(SettingError, match="TTHC_PORT"):
        read_settings({"TTHC_PORT": port})
