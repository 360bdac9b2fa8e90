"""Settings: read once, typed, and refused by name before anything is started."""

import dataclasses
import os
import re
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from impl import settings
from impl.cli.main import main
from impl.settings import Settings, SettingsError
from tests.servers import ROOT, free_port

SECRET = "s3cr3t-w0rd"  # noqa: S105 - what must not come out again

DEFAULTS = {
    "host": "127.0.0.1",
    "port": 8080,
    "mongodb_uri": "",
    "mongodb_db": "tmf678",
    "data_dir": ".data",
    "mongod": "",
    "public_url": "",
    "apis": "v4,v5,tmf666",
    "workers": os.cpu_count() or 1,
    "threads": 16,
    "max_requests": 0,
    "demo": False,
    "log_level": "info",
    "max_body_bytes": 1048576,
    "max_document_bytes": 4194304,
    "max_page_bytes": 16777216,
    "max_in_progress": 256,
    "max_streams": 0,
    "rate_limit": "",
    "trusted_proxies": "",
    "cors_origins": "",
    "metrics": "",
    "default_limit": 100,
    "max_limit": 1000,
    "validate_responses": False,
    "unknown_filter": "reject",
    "count_timeout_ms": 500,
    "callback_allow": "",
    "event_retry_hours": 72,
    "event_retention_days": 7,
    "event_partitions": 1,
    "bill_no_format": "{year}-{seq:08d}",
    "bill_lifecycle": "open",
    "bill_time_zone": "UTC",
    "payment_terms_days": 14,
    "price_basis": "",
    "bill_party_roles": "customer, owner, payer, bill receiver, seller",
    "bill_locale": "en_GB",
    "bill_seller_name": "",
    "bill_seller_address": "",
    "bill_seller_logo": "",
    "bill_templates": "",
    "bill_fonts": "",
    "bill_itemised_lines": 2000,
    "render_processes": 1,
    "render_seconds": 30,
    "render_memory_bytes": 2**30,
    "render_cache_bytes": 2**26,
    "auth": "",
    "auth_issuer": "",
    "auth_audience": "",
    "auth_jwks": "",
    "auth_accounts_claim": "",
    "auth_party_claim": "",
}

WRONG = [
    ("AUTH", "basic"),
    ("AUTH_ISSUER", "issuer"),
    ("AUTH_AUDIENCE", "one, two"),
    ("BILL_NO_FORMAT", "{year}"),
    ("BILL_NO_FORMAT", "{seq}{secret}"),
    ("BILL_NO_FORMAT", "{seq:070d}"),
    ("BILL_NO_FORMAT", "{seq:999999999d}"),
    ("BILL_NO_FORMAT", "-" * 60 + "{seq}"),
    ("BILL_LIFECYCLE", "closed"),
    ("BILL_TIME_ZONE", "Switzerland"),
    ("BILL_LOCALE", "klingon"),
    ("PAYMENT_TERMS_DAYS", "-1"),
    ("PRICE_BASIS", "both"),
    ("MAX_IN_PROGRESS", "0"),
    ("MAX_STREAMS", "1025"),
    ("BILL_ITEMISED_LINES", "0"),
    ("RENDER_PROCESSES", "0"),
    ("RENDER_SECONDS", "0"),
    ("RENDER_MEMORY_BYTES", "1000"),
    ("RENDER_CACHE_BYTES", "-1"),
    ("MAX_PAGE_BYTES", "-1"),
    ("RATE_LIMIT", "100"),
    ("RATE_LIMIT", "0/second"),
    ("RATE_LIMIT", "10/fortnight"),
    ("TRUSTED_PROXIES", "10.0.0.0/33"),
    ("TRUSTED_PROXIES", "proxy.example.com"),
    ("CORS_ORIGINS", "portal.example.com"),
    ("CORS_ORIGINS", "https://portal.example.com/"),
    ("CORS_ORIGINS", "https://*.example.com"),
    ("METRICS", "9464"),
    ("METRICS", "127.0.0.1"),
    ("METRICS", "127.0.0.1:0"),
    ("HOST", "two words"),
    ("HOST", "http://localhost"),
    ("HOST", "localhost:8080"),
    ("HOST", "-x"),
    ("HOST", "::zz"),
    ("APIS", "v6"),
    ("PORT", "http"),
    ("PORT", "0"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("PORT", "80.5"),
    ("PORT", "9" * 5000),
    ("MONGODB_URI", "localhost:27017"),
    ("MONGODB_URI", "http://localhost"),
    ("MONGODB_URI", "mongodb://"),
    ("MONGODB_URI", "mongodb://["),
    ("MONGODB_URI", "mongodb://h:0"),
    ("MONGODB_URI", "mongodb://h:65536"),
    ("MONGODB_URI", f"mongodb://u:{SECRET}:more@h"),
    ("MONGODB_URI", f"mongodb://u:{SECRET}@more@h"),
    ("MONGODB_URI", f"mongodb://u:{SECRET}%zz@h"),
    ("MONGODB_URI", f"mongodb://u:{SECRET}/x@h"),
    ("MONGODB_URI", "mongodb://h/?w"),
    ("MONGODB_URI", "mongodb://h /"),
    ("MONGODB_URI", "mongodb://a,,b"),
    ("MONGODB_URI", "mongodb+srv://a.example.com:27017"),
    ("MONGODB_URI", "mongodb+srv://a.example.com,b.example.com"),
    ("MONGODB_DB", "a.b"),
    ("MONGODB_DB", "a b"),
    ("MONGODB_DB", "$x"),
    ("MONGODB_DB", "a/b"),
    ("MONGODB_DB", "x" * 64),
    ("MONGODB_DB", "admin"),
    ("MONGODB_DB", "local"),
    ("MONGODB_DB", "config"),
    ("PUBLIC_URL", "bills.example.com"),
    ("PUBLIC_URL", "ftp://bills.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://["),
    ("PUBLIC_URL", "https://h:0/"),
    ("PUBLIC_URL", "https://h/?a=b"),
    ("PUBLIC_URL", "https://h/#top"),
    ("PUBLIC_URL", "https://h/a b"),
    ("PUBLIC_URL", "https://h/a\nb"),
    ("PUBLIC_URL", f"https://u:{SECRET}@h/"),
    ("WORKERS", "0"),
    ("WORKERS", "many"),
    ("THREADS", "0"),
    ("THREADS", "1025"),
    ("MAX_REQUESTS", "-1"),
    ("DEMO", "maybe"),
    ("LOG_LEVEL", "loud"),
    ("MAX_BODY_BYTES", "0"),
    ("MAX_BODY_BYTES", "16777216"),
    ("MAX_DOCUMENT_BYTES", "1023"),
    ("MAX_DOCUMENT_BYTES", str(15 * 1024 * 1024 + 1)),
    ("DEFAULT_LIMIT", "0"),
    ("DEFAULT_LIMIT", "all"),
    ("MAX_LIMIT", "0"),
    ("MAX_LIMIT", str(2**63)),
    ("VALIDATE_RESPONSES", "sometimes"),
    ("UNKNOWN_FILTER", "ignore"),
    ("COUNT_TIMEOUT_MS", "0"),
    ("COUNT_TIMEOUT_MS", "10001"),
    ("COUNT_TIMEOUT_MS", "half a second"),
    ("CALLBACK_ALLOW", "10.0.0.0/33"),
    ("CALLBACK_ALLOW", "crm.example, http://crm.example"),
    ("CALLBACK_ALLOW", "*"),
    ("CALLBACK_ALLOW", "crm.*"),
    ("EVENT_RETRY_HOURS", "0"),
    ("EVENT_RETRY_HOURS", "169"),
    ("EVENT_RETENTION_DAYS", "0"),
    ("EVENT_RETENTION_DAYS", "for ever"),
    ("EVENT_PARTITIONS", "65"),
]


def test_defaults() -> None:
    assert dataclasses.asdict(settings.read({})) == DEFAULTS


def documented() -> dict[str, str]:
    """Each setting in the table of docs/settings.md, with the default that it gives; else blank."""
    table = re.findall(
        r"^\| (`[A-Z].*?) \| (.*?) \|", (ROOT / "docs/settings.md").read_text(), re.M
    )
    found: dict[str, str] = {}
    for first, default in table:
        names = re.findall(r"`(\w+)`", first)
        defaults = re.findall(r"`(.+?)`", default) if default.startswith("`") else []
        found |= dict(zip(names, [*defaults, *[""] * len(names)], strict=False))
    return found


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    secrets = {f"{name}_FILE" for name in settings.secrets()}
    table = documented()
    assert {name.lower() for name in table.keys() - secrets} == DEFAULTS.keys()
    assert table.keys() >= secrets
    assert settings.read({name: table[name] for name in table.keys() - secrets}) == settings.read(
        {}
    )
    told = {name.lower() for name, default in table.items() if default}
    computed = {"workers", "max_streams"}
    assert {name for name, default in DEFAULTS.items() if default != ""} - told == computed


def test_blank_is_as_good_as_absent_and_others_settings_are_left_alone() -> None:
    blank = dict.fromkeys((name.upper() for name in DEFAULTS), "  ")
    assert settings.read(blank | {"PATH": "/bin", "port": "x"}) == settings.read({})


def test_values_are_typed_and_trimmed() -> None:
    chosen = settings.read(
        {"PORT": " 9000 ", "DEMO": "1", "VALIDATE_RESPONSES": "true", "LOG_LEVEL": "debug"}
    )
    assert (chosen.port, chosen.demo, chosen.validate_responses) == (9000, True, True)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("HOST", "localhost", "localhost"),
        ("HOST", "bills_1.example.com", "bills_1.example.com"),
        ("HOST", "::", "[::]"),
        ("HOST", "[::1]", "[::1]"),
        ("MONGODB_URI", "mongodb://h", None),
        ("MONGODB_URI", "mongodb://h?replicaSet=x", None),
        ("MONGODB_URI", "mongodb://a:27017,b:27018,[::1]:27019/admin?replicaSet=x&w=2", None),
        ("MONGODB_URI", "mongodb://user:p%40ss@h/", None),
        ("MONGODB_URI", "mongodb://%2Ftmp%2Fmongodb.sock", None),
        ("MONGODB_URI", "mongodb+srv://user:pass@a.example.com/?appName=x", None),
        ("MONGODB_DB", "administration", None),
        ("PUBLIC_URL", "https://bills.example.com", None),
        ("PUBLIC_URL", "https://bills.example.com/", "https://bills.example.com"),
        ("PUBLIC_URL", "http://[::1]:8080/a/b/", "http://[::1]:8080/a/b"),
        ("PUBLIC_URL", "http://h:65535/~a/%20", None),
        ("PORT", "65535", 65535),
        ("MAX_LIMIT", "100000", 100000),
        ("CALLBACK_ALLOW", "10.0.0.0/8, [::1],fd00::/8,192.168.1.9,crm,*.corp.example", None),
        ("EVENT_RETRY_HOURS", "168", 168),
    ],
)
def test_right_values(name: str, value: str, kept: object) -> None:
    chosen = dataclasses.asdict(settings.read({name: value}))
    assert chosen[name.lower()] == (value if kept is None else kept)
    assert {k: v for k, v in chosen.items() if k != name.lower()} == {
        k: v for k, v in DEFAULTS.items() if k != name.lower()
    }


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_value_is_refused_in_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings.read({name: value})
    message = str(raised.value)
    assert message.startswith(f"{name}: ")
    assert len(message.splitlines()) == 1
    assert len(message) < 120
    assert SECRET not in message


def test_every_wrong_value_is_named_in_the_same_line() -> None:
    first_wrong = dict(reversed(WRONG))
    with pytest.raises(SettingsError) as raised:
        settings.read(first_wrong)
    assert set(re.findall(r"([A-Z_]+): ", str(raised.value))) == first_wrong.keys()
    assert len(str(raised.value).splitlines()) == 1


def test_the_databases_password_is_not_shown() -> None:
    chosen = settings.read({"MONGODB_URI": f"mongodb://u:{SECRET}@h/"})
    assert SECRET in chosen.mongodb_uri
    assert SECRET not in repr(chosen)
    assert SECRET not in str(chosen)


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.read({}).port = 1  # type: ignore[misc]


def test_embedded_unless_there_is_a_mongodb() -> None:
    assert settings.read({}).embedded
    assert not settings.read({"MONGODB_URI": "mongodb://h"}).embedded


def test_the_data_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings.read({}).data == tmp_path / ".data"
    assert settings.read({"DATA_DIR": "/var/bills"}).data == Path("/var/bills")


# ---------------------------------------------------------------- secrets


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "uri"
    file.write_text(f"  mongodb://u:{SECRET}@h/\n")
    chosen = settings.read({"MONGODB_URI_FILE": str(file)})
    assert chosen.mongodb_uri == f"mongodb://u:{SECRET}@h/"
    assert SECRET not in repr(chosen)


def test_every_setting_that_may_hold_a_secret_is_hidden_and_may_come_from_a_file() -> None:
    hidden = {each.name for each in dataclasses.fields(Settings) if not each.repr}
    assert hidden == {name.lower() for name in settings.secrets()} == {"mongodb_uri"}


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff", SECRET.encode(), b"mongodb://"])
def test_a_secrets_file_that_holds_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "uri"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^MONGODB_URI(_FILE)?: ") as raised:
        settings.read({"MONGODB_URI_FILE": str(file)})
    assert SECRET not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_secret_comes_from_one_place(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^MONGODB_URI_FILE: "):
        settings.read({"MONGODB_URI": "mongodb://h", "MONGODB_URI_FILE": str(tmp_path)})


# ---------------------------------------------------------------- who may come in

JWT = {
    "AUTH": "jwt",
    "AUTH_ISSUER": "https://issuer.example/realms/bills/",
    "AUTH_AUDIENCE": "tmf678",
    "AUTH_JWKS": "https://issuer.example/certs?p=1",
}


@pytest.mark.parametrize("name", ["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS"])
def test_tokens_need_all_that_they_are_verified_by(name: str) -> None:
    assert settings.read(JWT).auth_issuer == JWT["AUTH_ISSUER"]
    with pytest.raises(SettingsError, match=rf"^{name}: "):
        settings.read({key: value for key, value in JWT.items() if key != name})


def test_who_tells_how_to_verify_tokens_says_whether() -> None:
    rest = {key: value for key, value in JWT.items() if key != "AUTH"}
    with pytest.raises(SettingsError, match=r"^AUTH: "):
        settings.read(rest)
    assert settings.read(rest | {"AUTH": "off"}).auth == "off"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_this_machine_alone_is_loopback(host: str) -> None:
    assert settings.read({"HOST": host}).on_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "localhost.example", "1.2.3.4"])
def test_every_other_address_is_not(host: str) -> None:
    assert not settings.read({"HOST": host}).on_loopback


# ---------------------------------------------------------------- serve


@pytest.fixture
def serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Serve":
    return Serve(tmp_path, monkeypatch, capsys)


class Serve:
    """`python -m impl serve` with settings that stop it."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.data = folder / "data"
        patch.setattr("impl.server.Server", None)  # never to be reached
        patch.setattr("impl.logs.configure", lambda _: None)  # it would hold on to captured output
        self._patch = patch
        self._capsys = capsys

    def __call__(self, **environment: str) -> tuple[int, str, str]:
        for name in DEFAULTS:
            self._patch.delenv(name.upper(), raising=False)
        for name, value in {
            "DATA_DIR": str(self.data),
            "PORT": str(free_port()),
            **environment,
        }.items():
            self._patch.setenv(name, value)
        status = main(["serve"])
        shown = self._capsys.readouterr()
        return status, shown.out, shown.err


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_serve_2_before_anything_is_started(serve: Serve, name: str, value: str) -> None:
    status, out, err = serve(**{name: value})
    assert (status, out) == (2, "")
    assert err.startswith(f"{name}: ")
    assert err.count("\n") == 1
    assert SECRET not in err
    assert not serve.data.exists()


def test_serve_2_names_several_wrong_values(serve: Serve) -> None:
    status, out, err = serve(PORT="x", DEMO="maybe", MONGODB_URI=f"{SECRET}@h")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert all(f"{name}: " in err for name in ("PORT", "DEMO", "MONGODB_URI"))
    assert SECRET not in err


def test_serve_2_when_the_folder_is_a_file(serve: Serve) -> None:
    serve.data.write_text("")
    status, out, err = serve()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"DATA_DIR: {serve.data} ")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1"])
def test_serve_2_when_others_would_come_in_unasked(serve: Serve, host: str) -> None:
    status, out, err = serve(HOST=host)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("AUTH: ")
    assert not serve.data.exists()


def test_serve_warns_loudly_when_others_may_come_in_unasked(serve: Serve) -> None:
    with capture_logs() as logs:
        public = {"HOST": "0.0.0.0", "PUBLIC_URL": "https://bills.example"}
        serve(**public, AUTH="off", MONGOD="/nowhere/mongod")
        serve(HOST="127.0.0.1", AUTH="off", MONGOD="/nowhere/mongod")
    (warning,) = logs
    assert (warning["log_level"], warning["host"]) == ("warning", "0.0.0.0")
    assert "AUTH=off" in warning["reason"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1"])
def test_serve_2_when_links_in_events_would_lead_nowhere(serve: Serve, host: str) -> None:
    with capture_logs():
        status, out, err = serve(HOST=host, AUTH="off")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("PUBLIC_URL: ")
    assert not serve.data.exists()


def test_a_worker_does_not_start_where_links_in_events_would_lead_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("impl.logs.configure", lambda _: None)
    for name, value in {"HOST": "0.0.0.0", "MONGODB_URI": "mongodb://h/?replicaSet=rs"}.items():
        monkeypatch.setenv(name, value)
    assert main(["worker"]) == 2
    assert capsys.readouterr().err.startswith("PUBLIC_URL: ")


@pytest.mark.parametrize("content", [None, "", "{}", '{"keys": []}'])
def test_serve_2_when_the_file_of_keys_holds_none(
    serve: Serve, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "jwks.json"
    if content is not None:
        file.write_text(content)
    others = {"HOST": "0.0.0.0", "PUBLIC_URL": "https://bills.example"}
    status, out, err = serve(**JWT | others | {"AUTH_JWKS": str(file)})
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"AUTH_JWKS: {file}: ")
    assert not serve.data.exists()


def test_serve_2_when_mongod_is_none(serve: Serve) -> None:
    status, out, err = serve(MONGOD="/nowhere/mongod")
    assert (status, out, err) == (2, "", "MONGOD: /nowhere/mongod is not a program\n")
    assert not serve.data.exists()


@pytest.mark.parametrize("name", ["BILL_SELLER_LOGO", "BILL_TEMPLATES", "BILL_FONTS"])
def test_serve_2_when_what_bills_look_like_is_not_there(serve: Serve, name: str) -> None:
    status, out, err = serve(**{name: "/nowhere"})
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"{name}: /nowhere ")
    assert not serve.data.exists()


def test_serve_2_when_there_are_no_words_for_the_locale(serve: Serve) -> None:
    status, out, err = serve(BILL_LOCALE="fi_FI")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("BILL_LOCALE: 'fi_FI' has no words; there are ar, de, en, es")
    assert not serve.data.exists()


def test_every_setting_is_tried_here() -> None:
    # Any text may be a name or a path; starting judges paths.
    free = {"data_dir", "mongod", "bill_seller_logo", "bill_templates", "bill_fonts"}
    free |= {"bill_seller_name", "bill_seller_address", "bill_party_roles"}
    free |= {"auth_jwks", "auth_accounts_claim", "auth_party_claim"}
    assert {field.name for field in dataclasses.fields(Settings)} == DEFAULTS.keys()
    assert {name.lower() for name, _ in WRONG} == DEFAULTS.keys() - free


def test_demo_data_goes_into_no_database_of_anyone_else() -> None:
    with pytest.raises(SettingsError, match=r"^DEMO: "):
        settings.read({"DEMO": "1", "MONGODB_URI": "mongodb://h/?replicaSet=rs"})


def test_metrics_are_on_no_port_that_the_api_is_on() -> None:
    with pytest.raises(SettingsError, match=r"^METRICS: "):
        settings.read({"METRICS": "0.0.0.0:8080"})
    assert settings.read({"METRICS": "[::1]:9464"}).metrics_address == ("[::1]", 9464)


def test_what_an_operator_says_of_prices_and_parties_is_the_policy_that_bills_are_made_by() -> None:
    policy = settings.read({"PRICE_BASIS": "gross", "BILL_PARTY_ROLES": "payer, Guardian"}).policy
    assert (policy.basis, policy.party_roles) == ("gross", ("payer", "Guardian"))
    assert settings.read({}).policy.basis is None
