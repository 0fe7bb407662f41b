from pathlib import Path

import pytest

from app.settings import Settings, SettingsError


def test_nothing_set_gives_the_defaults():
    assert Settings.from_environment({}) == Settings()


def test_each_field_comes_from_the_variable_of_its_name():
    settings = Settings.from_environment({"COLOUR": "blue", "POD_NAME": "pod-1", "DATA_DIR": "/srv/übung"})
    assert settings == Settings(colour="blue", pod_name="pod-1", data_dir=Path("/srv/übung"))


@pytest.mark.parametrize("value", ["1.0\r\nX-Evil: 1", "1.0\u00e9", "1\x00"])
def test_what_could_not_be_sent_in_a_header_is_refused_at_start(value):
    with pytest.raises(SettingsError, match="VERSION must be printable ASCII"):
        Settings.from_environment({"VERSION": value})


@pytest.mark.parametrize(
    "value",
    [
        "httpd-server",
        "ftp://httpd-server/",
        "http://",
        "http://[::1/v",
        "http://a..b/",
        "http://a:99999/",
        "http://u:p@a/",
    ],
)
def test_a_peer_url_that_nobody_could_ask_is_refused_at_start(value):
    with pytest.raises(SettingsError, match="PEER_URL must be an address such as"):
        Settings.from_environment({"PEER_URL": value})


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "3306 "])
def test_what_is_no_port_is_refused_at_start(value):
    with pytest.raises(SettingsError, match="MYSQL_PORT must be a number from 1 to 65535"):
        Settings.from_environment({"MYSQL_PORT": value})
