"""The public site, put together: what it holds, its pages, its headers."""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal

from flask import Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.middleware.proxy_fix import ProxyFix

import casework.storage.limits_storage  # noqa: F401 - makes limits know sqlite://
from casework.clock import Clock
from casework.config import Secrets, SettingError, Settings
from casework.instance import Instance
from casework.services.routing_tables import RoutingKeeper
from casework.services.rulebook import RulebookKeeper
from casework.services.rules import first_routing
from casework.services.trust_keeper import TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from cleaning.inspection import Cleaners
from cleaning.scanner import open_scanner
from crypto.receipt_pool import POOL_SIZE_MAX, ReceiptPool
from portal import language
from portal.config import LOCALE, STATIC, STATIC_SECONDS, TIME_ZONE
from portal.csrf import refuse_foreign_posts
from portal.errors import init_errors, not_open_yet
from portal.extensions import (
    KEY,
    PublicSite,
    TrustBox,
    babel,
    bootstrap,
    public_site,
)
from portal.limits import init_limits
from portal.opening import Opening
from portal.uploads import SealingRequest, discard_leftovers, init_uploads
from portal.views import (
    award_notice,
    awards,
    identity,
    mailbox,
    new_code,
    objections,
    pages,
    register,
    report,
    reporter_register,
    retaliation,
    uploads,
    wording,
)

BLUEPRINTS: Final = (
    pages.bp,
    report.bp,
    mailbox.bp,
    new_code.bp,
    objections.bp,
    awards.bp,
    retaliation.bp,
    identity.bp,
    uploads.bp,
    register.bp,
    reporter_register.bp,
    award_notice.bp,
)
TAKES_FILES: Final = frozenset(
    {"report.submit", "mailbox.add_evidence", "retaliation.submit", "awards.send_agent"}
)
NAVIGATION: Final = (
    ("report.steps", _l("我要举报")),
    ("mailbox.enter_page", _l("查询进度")),
    ("pages.duties", _l("谁来受理")),
    ("pages.protection", _l("怎样保护举报人")),
    ("register.overview", _l("公开登记簿")),
)
MENU_OF: Final = {
    "report": "report.steps",
    "mailbox": "mailbox.enter_page",
    "awards": "mailbox.enter_page",
    "new_code": "mailbox.enter_page",
    "identity": "mailbox.enter_page",
    "retaliation": "mailbox.enter_page",
    "reporter_register": "mailbox.enter_page",
    "award_notice": "mailbox.enter_page",
    "register": "register.overview",
}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
}
HSTS: Final = "max-age=31536000"
# What can be read before the site is opened: explanations, and the public register.
BEFORE_OPENING: Final = frozenset({"pages", "register", "bootstrap"})


class Portal(Flask):
    """The application; what goes wrong is logged without anybody's words in it."""

    def log_exception(self, exc_info: Any) -> None:
        """Keep quiet: errors.py has logged what may be logged."""


def open_site(
    settings: Settings,
    *,
    process: Literal["portal", "mailgate"] = "portal",
    clock: Clock | None = None,
    pool_size: int = POOL_SIZE_MAX,
) -> PublicSite:
    """Open everything a public site needs.

    Args:
        settings: from the environment.
        process: whose folder of secrets; the mail gateway has no forms and no key for them.
        clock: another clock than the instance's, for tests.
        pool_size: how many receipt codes are prepared in idle time.

    Raises:
        SettingError: a setting, a secret or the instance file cannot be used.
        CaseworkError: no key set to believe, a rule file refused, the database away.
    """
    instance = Instance.read(settings.home)
    secrets = Secrets(settings.secrets / process)
    store = Store.open(settings.database_url_of(process), site=instance.site)
    secrets.read("first-key-set")  # without it, or without the next, a sentence instead of a start
    secrets.number("newest-key-set")
    trusted = TrustBox(TrustKeeper(store, secrets))
    keyset = trusted.current.keyset
    if keyset.demo != instance.demo:
        raise SettingError(
            "TONGGUI_HOME", "demo in instance.toml and demo in the key set do not agree"
        )
    clock = clock or instance.clock
    pepper = secrets.read("receipt-pepper")
    routing = first_routing(settings.home, instance.region)  # a file that cannot be used is refused
    rules = RulebookKeeper(store)
    rules.current()  # a file that cannot be used is refused at the start
    pool = ReceiptPool(keyset.code_parameters, pepper, size=pool_size)
    trusted.tell(lambda changed: pool.renew(changed.code_parameters, pepper))
    return PublicSite(
        settings=settings,
        instance=instance,
        clock=clock,
        store=store,
        blobs=Blobs.open(settings.blob_url, secrets),
        trusted=trusted,
        opening=Opening(store, trusted.current),
        routes=RoutingKeeper(store, routing, lambda: trusted.current),
        rules=rules,
        pool=pool,
        receipt_pepper=pepper,
        form_key=secrets.read("form-key") if process == "portal" else b"",
        cleaner=Cleaners(),
        scanner=open_scanner(settings.clamd),
    )


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    pool_size: int = POOL_SIZE_MAX,
    site: PublicSite | None = None,
) -> Flask:
    """Make the WSGI application.

    Args:
        settings: from the environment.
        clock: another clock than the instance's, for tests.
        pool_size: how many receipt codes are prepared in idle time.
        site: a site that is open already.

    Raises:
        SettingError, CaseworkError: as `open_site`.
    """
    app = Portal("portal")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_SECONDS
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALE
    app.config["BABEL_DEFAULT_TIMEZONE"] = TIME_ZONE
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.extensions[KEY] = site or open_site(settings, clock=clock, pool_size=pool_size)
    init_uploads(app, bytes_max=settings.upload_bytes_max)
    babel.init_app(app, locale_selector=language.chosen)
    language.carry_on(app)
    bootstrap.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_errors(app)
    init_limits(app, limits_url=settings.limits_url)
    _init_requests(app, settings)
    _init_templates(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _init_requests(app: Flask, settings: Settings) -> None:
    secure = settings.public_url.startswith("https:")

    @app.before_request
    def receive() -> Response | None:
        assert isinstance(request, SealingRequest)
        request.takes_files = request.endpoint in TAKES_FILES
        refuse_foreign_posts(request, public_url=settings.public_url)
        here = public_site()
        is_closed = request.blueprint is not None and request.blueprint not in BEFORE_OPENING
        if is_closed and not here.opening.is_open(here.trusted.believed):
            return not_open_yet()
        return None

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers.update(HEADERS)
        if secure:
            answer.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in STATIC:
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        discard_leftovers(request._get_current_object())  # type: ignore[attr-defined]


def _init_templates(app: Flask) -> None:
    digests: dict[str, str] = {}

    def asset(name: str) -> str:
        """Return the address of a static file, which changes with its content."""
        if name not in digests:
            body = Path(app.static_folder or "", name).read_bytes()
            digests[name] = hashlib.blake2b(body, digest_size=6).hexdigest()
        return url_for("static", filename=name, v=digests[name])

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        here = public_site()
        code = language.current()
        return {
            "asset": asset,
            "demo": here.trusted.believed.keyset.demo,
            "here": MENU_OF.get(request.blueprint or "", request.endpoint),
            "locale": language.HTML[code],
            "lang": code if code != language.DEFAULT else "",
            "language_link": language.link(),
            "other_locale": language.HTML[language.OTHER[code]],
            "other_language": language.NAMES[language.OTHER[code]],
            "in_words": language.in_words,
            "cited": language.cited,
            "worked": language.worked,
            "navigation": NAVIGATION,
            "notes": wording.NOTES,
            "site_name": _("%(county)s安全生产举报", county=here.county),
        }
