"""What the settings promise: where each may come from, and a sentence for each mistake."""

from pathlib import Path

import pytest

from sandbox import settings
from sandbox.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_source_wins_over_those_before_it(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text("port = 1\ncapacity = 2\ncpu_seconds = 3\n")
    environ = {"SANDBOX_CAPACITY": "4", "SANDBOX_CPU_SECONDS": "5", "PATH": "/bin"}
    chosen = settings.load({"cpu_seconds": "6", "host": None}, environ)
    assert (chosen.port, chosen.capacity, chosen.cpu_seconds, chosen.host) == (1, 4, 6, Settings().host)


def test_a_settings_file_may_be_named_by_flag_or_environment(tmp_path: Path) -> None:
    (tmp_path / "sandbox.toml").write_text("port = 1\n")
    (tmp_path / "other.toml").write_text("port = 2\n")
    (tmp_path / "third.toml").write_text("port = 3\n")
    environ = {"SANDBOX_CONFIG": "other.toml"}
    assert settings.load({}, environ).port == 2
    assert settings.load({}, environ, "third.toml").port == 3


@pytest.mark.parametrize(
    ("file", "environ", "flags", "sentence"),
    [
        ("prot = 1", {}, {}, "Setting prot in sandbox.toml: there is no such setting. Do you mean port?"),
        ("port = '1'", {}, {}, "Setting port in sandbox.toml: expected a whole number from 0 to 65535, not '1'."),
        ("port = true", {}, {}, "Setting port in sandbox.toml: expected a whole number from 0 to 65535, not True."),
        ("port = 70000", {}, {}, "Setting port in sandbox.toml: expected a whole number from 0 to 65535, not 70000."),
        ("host = 1", {}, {}, "Setting host in sandbox.toml: expected text, not 1."),
        ("", {"SANDBOX_PROT": "1"}, {}, "Setting SANDBOX_PROT in the environment: there is no such setting."),
        ("", {"SANDBOX_PORT": "x"}, {}, "Setting SANDBOX_PORT in the environment: expected a whole number from 0"),
        ("", {"SANDBOX_PORT": "²"}, {}, "Setting SANDBOX_PORT in the environment: expected a whole number from 0"),
        ("", {}, {"log_format": "xml"}, "Flag --log-format: expected text or json, not 'xml'."),
        ("", {}, {"prefix": "learn"}, "Flag --prefix: expected a path such as /learn, not 'learn'."),
        ("", {}, {"prefix": "/a/../b"}, "Flag --prefix: expected a path such as /learn"),
        ("port = ", {}, {}, "The settings file sandbox.toml is not TOML: "),
    ],
)
def test_a_mistake_is_named_with_its_source(
    tmp_path: Path, file: str, environ: dict[str, str], flags: dict[str, str], sentence: str
) -> None:
    (tmp_path / "sandbox.toml").write_text(file)
    with pytest.raises(SettingsError) as caught:
        settings.load(flags, environ)
    assert str(caught.value).startswith(sentence)


def test_a_file_that_is_asked_for_must_be_there_and_readable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no settings file nowhere\.toml\."):
        settings.load({}, {}, "nowhere.toml")
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        settings.load({}, {}, str(tmp_path))
    (tmp_path / "sandbox.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="is not TOML"):
        settings.load({}, {})


def test_no_settings_can_exist_that_are_wrong() -> None:
    with pytest.raises(SettingsError, match="Setting idle_minutes: expected a whole number from 1"):
        Settings(idle_minutes=0)


def test_a_secret_is_never_shown() -> None:
    assert "open sesame" not in repr(Settings(invite_code="open sesame", secret_key="open sesame"))
    with pytest.raises(SettingsError) as caught:
        Settings(invite_code="open sesame\0")
    assert "open sesame" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["", "/learn", "/a/b-c/d_e.f"])
def test_a_prefix_is_a_path(prefix: str) -> None:
    assert Settings(prefix=prefix).prefix == prefix
