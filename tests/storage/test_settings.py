from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import tomli

from storage.secret import Secret
from storage.settings import (
    ARRAYS,
    SECTIONS,
    FabrixApiSettings,
    SecuritySettings,
    Settings,
    SettingsError,
    UpstreamSettings,
    checked,
    load_settings,
    secrets_of,
    write_first_settings,
)

GOOD = """
[auth]
admin_signup_key = "123456"
[security]
secret_key = "0123456789012345678901234567890123456789"
"""
FABRIX = """
[fabrix_api]
base_url = "https://fabrix.example/api-agent"
client_key = "client"
openapi_token = "token"
"""

SERVER = """
[[upstream]]
name = "gpu"
base_url = "https://gpu.example/v1"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(GOOD)
    path.chmod(0o600)
    return path


def load(path: Path, extra: str = "", **environment: str):
    path.write_text(path.read_text() + extra)
    return load_settings(path, environment=environment)


def test_first_start_writes_settings_that_load(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    key = write_first_settings(path)
    settings = load_settings(path, environment={})
    assert settings.auth.admin_signup_key.reveal() == key
    assert len(key) == 6 and key.isdigit()
    assert settings.warnings == ()


def test_two_first_starts_have_different_secrets(tmp_path: Path) -> None:
    write_first_settings(tmp_path / "a.toml")
    write_first_settings(tmp_path / "b.toml")
    first, second = (load_settings(tmp_path / name, environment={}).security for name in ("a.toml", "b.toml"))
    assert first.secret_key != second.secret_key


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_first_settings_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    write_first_settings(tmp_path / "secrets.toml")
    assert stat.S_IMODE((tmp_path / "secrets.toml").stat().st_mode) == 0o600


def test_existing_settings_are_never_overwritten(file: Path) -> None:
    with pytest.raises(FileExistsError):
        write_first_settings(file)


def test_without_fabrix_section_there_is_no_fabrix(file: Path) -> None:
    assert load(file).fabrix_api is None


@pytest.mark.parametrize("key", ["base_url", "client_key", "openapi_token"])
def test_fabrix_section_needs_its_three_keys(file: Path, key: str) -> None:
    lines = [line for line in FABRIX.splitlines() if not line.startswith(key)]
    with pytest.raises(SettingsError, match=rf"^fabrix_api\.{key} must be "):
        load(file, "\n".join(lines))


@pytest.mark.parametrize("key", ["client_key", "openapi_token", "user_email"])
def test_a_key_that_a_header_can_not_hold_is_refused_without_being_shown(file: Path, key: str) -> None:
    lines = [line for line in FABRIX.splitlines() if not line.startswith(key)]
    with pytest.raises(SettingsError, match=rf"^fabrix_api\.{key} must be ") as caught:
        load(file, "\n".join([*lines, f'{key} = "geheim한"']))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[rate_limit]\nrpm = "many"', "rate_limit.rpm"),
        ("[rate_limit]\nrpm = 0", "rate_limit.rpm"),
        ("[server]\nallowed_hosts = 5", "server.allowed_hosts"),
        ("[server]\nallowed_hosts = []", "server.allowed_hosts"),
        ("[agents]\nlocal = 3", "agents.local"),
        ("[database]\nurl = 3", "database.url"),
        ("[database]\nurl = true", "database.url"),
        ('[database]\nurl = "nonsense"', "database.url"),
        ('[database]\nurl = "postgresql://u:p@h/x"', "database.url"),
        ("[rate_limit]\nrpm = inf", "rate_limit.rpm"),
        ("[rate_limit]\nrpm = 1.5", "rate_limit.rpm"),
        ('[server]\nallowed_hosts = ["ex*"]', "server.allowed_hosts"),
        (FABRIX.replace("fabrix.example", "fabrix.example:port"), "fabrix_api.base_url"),
        (FABRIX.replace("https://fabrix.example", "fabrix.example"), "fabrix_api.base_url"),
    ],
)
def test_a_bad_value_names_its_key(file: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(file, text)
    assert str(caught.value).startswith(f"{key} must be ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", '[auth]\nadmin_signup_key = "12345"', '[auth]\nadmin_signup_key = "abcdef"'])
def test_the_signup_key_is_six_digits(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"auth\.admin_signup_key must be six digits"):
        load_settings(path, environment={})


def test_a_file_that_is_not_toml_says_where_without_quoting_it(file: Path) -> None:
    with pytest.raises(SettingsError, match="not valid TOML") as caught:
        load(file, '\nclient_key = "topsecret')
    assert "topsecret" not in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"python run\.py"):
        load_settings(tmp_path / "none.toml", environment={})


@pytest.mark.parametrize("domain", ["", "company", "a@b.example", "a b.example", ".example", "@", "a..example"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(SettingsError, match=r"^auth\.allowed_email_domains must be "):
        checked("auth.allowed_email_domains", [domain])


def test_domains_may_be_given_as_one_text_and_with_the_sign() -> None:
    wanted = ("company.example", "@회사.한국")
    assert checked("auth.allowed_email_domains", "company.example, @회사.한국") == wanted
    assert checked("auth.allowed_email_domains", []) == ()


def test_a_single_setting_is_typed_and_checked_as_in_the_file() -> None:
    assert checked("rate_limit.rpm", "50") == 50
    assert checked("auth.admin_signup_key", "123456") == Secret("123456")
    with pytest.raises(SettingsError, match=r"^rate_limit\.rpm must be at least 1\.$"):
        checked("rate_limit.rpm", 0)


def test_it_is_known_where_each_value_came_from(file: Path) -> None:
    text = """
[rate_limit]
rpm = 7
tpm = 900
[[upstream]]
name = "ollama"
base_url = "http://127.0.0.1:11434/v1"
"""
    settings = load(file, text, FABRIX_CHAT_RATE_LIMIT_TPM="800", FABRIX_CHAT_UPSTREAM_1_RPM="9")
    assert settings.origins == {
        "auth.admin_signup_key": "file",
        "security.secret_key": "file",
        "rate_limit.rpm": "file",
        "rate_limit.tpm": "environment",
        "upstream[1].name": "file",
        "upstream[1].base_url": "file",
        "upstream[1].rpm": "environment",
    }


def test_an_unknown_key_only_warns(file: Path) -> None:
    assert "server.colour" in load(file, "[server]\ncolour = 1").warnings[0]


def test_an_unknown_section_only_warns(file: Path) -> None:
    assert "[paint]" in load(file, "[paint]\ncolour = 1").warnings[0]


def test_an_http_address_only_warns(file: Path) -> None:
    warnings = load(file, FABRIX.replace("https://", "http://")).warnings
    assert "fabrix_api.base_url" in warnings[0]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_loose_modes_only_warn(file: Path) -> None:
    file.chmod(0o644)
    assert "chmod 600" in load(file).warnings[0]


def test_environment_overrides_any_key(file: Path) -> None:
    settings = load(
        file,
        FABRIX,
        FABRIX_CHAT_RATE_LIMIT_RPM="7",
        FABRIX_CHAT_SERVER_ALLOWED_HOSTS="a.example, b.example",
        FABRIX_CHAT_FABRIX_API_IS_RAG_ON="false",
        FABRIX_CHAT_FABRIX_API_CLIENT_KEY="other",
    )
    assert settings.rate_limit.rpm == 7
    assert settings.server.allowed_hosts == ("a.example", "b.example")
    assert settings.fabrix_api is not None
    assert settings.fabrix_api.is_rag_on is False
    assert settings.fabrix_api.client_key.reveal() == "other"


def test_environment_alone_can_set_up_fabrix(file: Path) -> None:
    settings = load(
        file,
        FABRIX_CHAT_FABRIX_API_BASE_URL="https://f.example/api-agent",
        FABRIX_CHAT_FABRIX_API_CLIENT_KEY="c",
        FABRIX_CHAT_FABRIX_API_OPENAPI_TOKEN="t",
    )
    assert settings.fabrix_api is not None


def test_any_number_of_servers_can_stand_beside_fabrix(file: Path) -> None:
    more = 'key = "k"\nmodels = ["a", "b"]\nlabels = { "a" = "A" }\nrpm = 60\nread_seconds = 300'
    first, second = load(file, SERVER + more + SERVER.replace('"gpu"', '"ollama"')).upstream
    assert (first.name, first.key.reveal(), first.models, first.labels) == ("gpu", "k", ("a", "b"), {"a": "A"})
    assert (first.rpm, first.read_seconds) == (60, 300.0)
    assert (second.name, second.kind, second.models, second.rpm, second.tpm) == ("ollama", "openai", (), 0, 0)
    assert not second.key and second.enforced


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kind = "fabrix"', "kind"),
        ('name = ""', "name"),
        ('name = "GPU"', "name"),
        ('name = "a/b"', "name"),
        ('name = "fabrix"', "name"),
        ('name = "local"', "name"),
        (f'name = "{"a" * 31}"', "name"),
        ('base_url = "gpu.example"', "base_url"),
        ('base_url = "https://gpu.example/a b"', "base_url"),
        ("key = 5", "key"),
        ('key = "geheim한"', "key"),
        ("labels = 5", "labels"),
        ('models = [""]', "models"),
        ("models = [5]", "models"),
        ('labels = { "a" = 5 }', "labels"),
        ('labels = { "a" = "" }', "labels"),
        ("rpm = -1", "rpm"),
        ("tpm = inf", "tpm"),
        ("enforced = 3", "enforced"),
        ("file_kb = -1", "file_kb"),
        ("read_seconds = 0", "read_seconds"),
        ("max_connections = 0", "max_connections"),
    ],
)
def test_a_bad_value_of_a_server_names_which_and_its_key(file: Path, text: str, key: str) -> None:
    good = {"name": '"ollama"', "base_url": '"http://127.0.0.1:11434"'}
    bad = "\n".join(f"{name} = {value}" for name, value in good.items() if f"{name} =" not in text)
    with pytest.raises(SettingsError) as caught:
        load(file, f"{SERVER}\n[[upstream]]\n{bad}\n{text}")
    assert str(caught.value).startswith(f"upstream[2].{key} must be ")
    assert "geheim" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["name", "base_url"])
def test_a_server_needs_a_name_and_an_address(file: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=rf"^upstream\[1\]\.{key} must be "):
        load(file, "\n".join(line for line in SERVER.splitlines() if not line.startswith(key)))


def test_two_servers_have_two_names(file: Path) -> None:
    with pytest.raises(SettingsError, match=r"^upstream\[2\]\.name must be another than that of upstream\[1\]\.$"):
        load(file, SERVER + SERVER)


@pytest.mark.parametrize("text", ['[upstream]\nname = "gpu"', "upstream = 5", "upstream = [5]"])
def test_servers_are_sections_of_their_own(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(f"{text}\n{GOOD}")
    with pytest.raises(SettingsError, match=r"^upstream must be sections of keys, each under a line \[\[upstream\]\]"):
        load_settings(path, environment={})


def test_an_unknown_key_of_a_server_only_warns(file: Path) -> None:
    assert "upstream[1].colour" in " ".join(load(file, f"{SERVER}colour = 1").warnings)


@pytest.mark.parametrize(
    ("url", "key", "warns"),
    [
        ("http://gpu.example/v1", "k", True),
        ("http://10.0.0.5:8000", "k", True),
        ("http://gpu.example/v1", "", False),
        ("https://gpu.example/v1", "k", False),
        ("http://127.0.0.1:11434", "k", False),
        ("http://localhost:11434", "k", False),
        ("http://[::1]:11434", "k", False),
    ],
)
def test_a_key_that_travels_unencrypted_to_another_machine_warns(file: Path, url: str, key: str, warns: bool) -> None:
    warnings = load(file, f'{SERVER.replace("https://gpu.example/v1", url)}key = "{key}"').warnings
    assert [warning.split(" ")[0] for warning in warnings] == ["upstream[1].base_url"] * warns


def test_environment_overrides_and_adds_servers(file: Path) -> None:
    settings = load(
        file,
        SERVER,
        FABRIX_CHAT_UPSTREAM_1_KEY="k",
        FABRIX_CHAT_UPSTREAM_1_LABELS="a=A, b = B",
        FABRIX_CHAT_UPSTREAM_2_NAME="ollama",
        FABRIX_CHAT_UPSTREAM_2_BASE_URL="http://127.0.0.1:11434",
        FABRIX_CHAT_UPSTREAM_2_MODELS="a, b",
    )
    first, second = settings.upstream
    assert (first.name, first.key.reveal(), first.labels) == ("gpu", "k", {"a": "A", "b": "B"})
    assert (second.name, second.models) == ("ollama", ("a", "b"))
    with pytest.raises(SettingsError, match=r"^upstream\[2\] must be set before upstream\[3\]\.$"):
        load(file, FABRIX_CHAT_UPSTREAM_3_NAME="x")


def test_the_key_of_a_server_hides_in_repr(file: Path) -> None:
    assert "k-e-y" not in repr(load(file, f'{SERVER}key = "k-e-y"'))


def test_a_password_in_the_databases_address_hides_too(file: Path) -> None:
    assert "geheim" not in repr(load(file, '[database]\nurl = "sqlite:///geheim.db"'))


def test_secrets_hide_in_repr(file: Path) -> None:
    shown = repr(load(file, FABRIX.replace('"client"', '"c-l-i-e-n-t"')))
    assert "c-l-i-e-n-t" not in shown and "0123456789" not in shown and "123456" not in shown


def test_the_example_documents_every_key_with_its_default() -> None:
    example = tomli.loads((Path(__file__).parents[2] / "secrets.toml.example").read_text(encoding="utf-8"))
    assert set(example) == {*SECTIONS, *ARRAYS}
    for section, cls in (SECTIONS | ARRAYS).items():
        defaults = cls()
        told = example[section] if section in SECTIONS else example[section][0]
        assert set(told) == set(vars(defaults)), section
        for key, value in told.items():
            default = getattr(defaults, key)
            if key not in (
                "base_url",
                "client_key",
                "openapi_token",
                "secret_key",
                "admin_signup_key",
                "url",
                "name",
                "key",
            ):
                shown = default.reveal() if isinstance(default, Secret) else default
                assert value == (list(shown) if isinstance(shown, tuple) else shown), key


def test_the_example_loads(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "secrets.toml.example"
    path = tmp_path / "secrets.toml"
    path.write_bytes(source.read_bytes())
    path.chmod(0o600)
    assert load_settings(path, environment={}).warnings == ()


def test_all_secrets_are_known_to_the_mask_of_the_log() -> None:
    settings = Settings(
        security=SecuritySettings(secret_key=Secret("a" * 40)),
        fabrix_api=FabrixApiSettings(client_key=Secret("client"), openapi_token=Secret("openapi")),
        upstream=(UpstreamSettings(key=Secret("sk-key")),),
    )
    assert sorted(secrets_of(settings)) == ["a" * 40, "client", "openapi", "sk-key"]


@pytest.mark.parametrize("token", ["short", "x" * 19, "with spaces at its end \n" * 2, "한" * 30])
def test_a_weak_metrics_token_is_refused(file: Path, token: str) -> None:
    with pytest.raises(SettingsError, match=r"server\.metrics_token must be empty, or at least 20 random characters"):
        load(file, FABRIX_CHAT_SERVER_METRICS_TOKEN=token)
