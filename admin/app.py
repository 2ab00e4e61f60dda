"""The departments' console as a WSGI application."""

import hashlib
from pathlib import Path
from typing import Final

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from admin import auth, csrf, language, permissions
from admin.config import ConsoleSecrets
from admin.errors import register_errors
from admin.extensions import Console, attach, babel, bootstrap, console
from admin.forms import claim_words, clock_words, deed_words, visit_words, words
from admin.forms.words import word
from admin.photos import ConsoleRequest, admit_photos
from admin.refusal_codes import CLOSINGS
from admin.views import (
    assignment,
    audit,
    bank,
    bank_answers,
    bank_cover,
    board,
    bulk,
    calendar,
    cases,
    claims,
    clocks,
    closing,
    co_handling,
    copies,
    counter,
    cover,
    deadline_panel,
    drawing,
    duties,
    erasing,
    fund,
    fund_moves,
    holds,
    interests,
    interference,
    keys,
    languages,
    malice,
    merging,
    objections,
    orders,
    papers,
    phoning,
    protection,
    reconciling,
    rectification,
    recusal,
    referral,
    refusals,
    releases,
    returning,
    reward_papers,
    rewards,
    routing,
    rules,
    searching,
    seats,
    sessions,
    stopping,
    verification,
    visit,
    worklist,
)
from admin.views.menu import menu
from casework.clock import Clock
from casework.config import Secrets, Settings
from casework.domain.errors import StorageUnavailableError
from casework.domain.money import capitals, shown
from casework.instance import Instance
from casework.services.rulebook import policies_at_hand
from casework.services.rules import first_routing
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from cleaning.scanner import open_scanner

FORM_BYTES_MAX: Final = 512 * 1024
# A whole routing table, as a file or as text, or as both after a preview.
LARGE_FORMS: Final = frozenset(
    {"routing.draft", "routing.propose", "bank_answers.answer", "reconciling.by_file"}
)
LARGE_FORM_BYTES_MAX: Final = 6_000_000
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ASSETS: Final = frozenset({"static", "bootstrap.static"})
BOOTSTRAP_CSS: Final = "css/bootstrap.min.css"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
VIEWS: Final = (
    sessions,
    languages,
    worklist,
    bulk,
    board,
    searching,
    cases,
    deadline_panel,
    verification,
    visit,
    reward_papers,
    rewards,
    bank,
    bank_answers,
    bank_cover,
    reconciling,
    claims,
    stopping,
    releases,
    fund,
    fund_moves,
    audit,
    seats,
    keys,
    holds,
    erasing,
    clocks,
    orders,
    papers,
    phoning,
    refusals,
    objections,
    malice,
    closing,
    merging,
    rectification,
    referral,
    protection,
    rules,
    routing,
    calendar,
    duties,
    assignment,
    returning,
    co_handling,
    copies,
    counter,
    cover,
    interference,
    drawing,
    interests,
    recusal,
)


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Make the console of the instance that *settings* name.

    Raises:
        SettingError: a secret or the instance file is missing or cannot be used.
    """
    app = Flask(__name__)
    app.request_class = ConsoleRequest
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        BABEL_DEFAULT_LOCALE="zh_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    babel.init_app(app, locale_selector=language.chosen)
    bootstrap.init_app(app)
    attach(app.extensions, _console(settings, clock))
    for view in VIEWS:
        app.register_blueprint(view.bp)
    register_errors(app)
    _register_template_words(app)
    app.before_request(guard)
    app.after_request(finish)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def _console(settings: Settings, clock: Clock | None) -> Console:
    instance = Instance.read(settings.home)
    policies_at_hand()  # a file that cannot be used is refused at the start
    return Console(
        settings=settings,
        instance=instance,
        secrets=ConsoleSecrets.read(settings),
        store=Store.open(settings.database_url_of("console"), site=instance.site),
        blobs=Blobs.open(settings.blob_url, Secrets(settings.secrets / "console")),
        first_routing=first_routing(settings.home, instance.region),
        clock=clock or instance.clock,
        scanner=open_scanner(settings.clamd),
    )


def _refuse_nul() -> None:
    """No database text holds a NUL, so an address or a name with one names nothing we have."""
    given = [request.path, *request.args.values()]
    if any("\0" in one for one in given):
        raise NotFound


def guard() -> ResponseReturnValue | None:
    """Find out who asks, and let nothing be changed by a form that is not ours.

    What a form brings after its session has ended, or with the token of an
    earlier one, is not acted on but shown again, with everything that was typed.
    """
    g.resuming = False
    if request.endpoint in LARGE_FORMS:
        request.max_content_length = request.max_form_memory_size = LARGE_FORM_BYTES_MAX
    if request.endpoint is None or request.endpoint in ASSETS:
        return None
    _refuse_nul()
    is_safe = request.method in SAFE
    if not is_safe:
        csrf.check_origin()
    is_public = request.endpoint in permissions.PUBLIC_ENDPOINTS
    try:
        auth.enter()
    except StorageUnavailableError:
        if is_safe or is_public:
            raise
        return sessions.keep()
    if is_safe:
        if is_public or auth.session() is not None:
            return None
        return redirect(url_for("sessions.sign_in", next=request.path))
    admit_photos(is_signed_in=auth.session() is not None)
    is_genuine = csrf.is_valid(request.form.get(csrf.FIELD, ""))
    if is_public:
        g.resuming = not is_genuine and auth.session() is not None
        return None
    if auth.session() is None:
        return sessions.resume(is_genuine=is_genuine)
    g.resuming = not is_genuine
    return sessions.back_to_page() if g.resuming else None


def finish(response: Response) -> Response:
    """Send the headers that every answer has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint in ASSETS:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    auth.leave(response)
    return response


def _register_template_words(app: Flask) -> None:
    versions: dict[str, str] = {}

    def asset(filename: str) -> str:
        if filename not in versions:
            body = (Path(app.static_folder or "") / filename).read_bytes()
            versions[filename] = hashlib.sha256(body).hexdigest()[:12]
        return url_for("static", filename=filename, v=versions[filename])

    def bootstrap_css() -> str:
        version = Bootstrap5.bootstrap_version
        return url_for("bootstrap.static", filename=BOOTSTRAP_CSS, v=version)

    @app.context_processor
    def everywhere() -> dict[str, object]:
        return {
            "session": auth.session(),
            "menu": menu(),
            "is_demo": console().instance.demo,
            "done": deed_words.DONE.get(request.args.get("done", ""))
            if request.method in SAFE
            else None,
            "resuming": g.get("resuming", False),
            "lang": language.HTML[language.current()],
            "languages": [
                (code, language.HTML[code], name)
                for code, name in language.NAMES.items()
                if code != language.current()
            ],
            "return_to": languages.page_to_return_to(),
        }

    app.jinja_env.globals.update(
        asset=asset,
        bootstrap_css=bootstrap_css,
        csrf_token=csrf.token,
        may=permissions.may,
        words=words,
        claim_words=claim_words,
        clock_words=clock_words,
        visit_words=visit_words,
        closings=CLOSINGS,
        deed_words=deed_words,
        word=word,
        office_name=lambda code: console().office_name(code),
        region_name=lambda code: console().region_name(code),
        sector_name=lambda code: console().sector_name(code),
        person=lambda account: console().person(account),
    )
    app.jinja_env.filters.update(money=shown, capitals=capitals, **language.FILTERS)
