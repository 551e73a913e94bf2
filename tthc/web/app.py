"""The site: pages for people, an API for programs, over one engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, cast

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tthc.db.engine import connect_app
from tthc.db.server import Server
from tthc.settings import Settings
from tthc.web.access import SCHEME, read_actor, read_person, read_visitor
from tthc.web.api.briefings import get_briefing
from tthc.web.api.calendars import preview_decision, preview_new_terms, preview_unit_hours
from tthc.web.api.cases import (
    act_on_case,
    list_cases,
    list_closable,
    read_applicant,
    read_case,
    read_clock,
    read_events,
    receive_case,
)
from tthc.web.api.changes import list_changes
from tthc.web.api.definitions import list_definitions
from tthc.web.api.docs import docs_file, docs_page
from tthc.web.api.explanations import explain_period, list_explanations
from tthc.web.api.figures import get_figures, get_partition
from tthc.web.api.foreign_reports import compare_report
from tthc.web.api.forms import (
    print_case_form,
    print_handover,
    print_register,
    print_shift,
)
from tthc.web.api.health import live, ready
from tthc.web.api.imports import import_cases
from tthc.web.api.letters import (
    approve_letter,
    draft_letter,
    issue_letter,
    read_letters,
    send_letter,
)
from tthc.web.api.metrics import Meter, metrics
from tthc.web.api.open_figures import list_open_figures, read_open_figures
from tthc.web.api.portal import list_quarantine, release_claim, take_cases, take_steps
from tthc.web.api.publications import (
    publish,
    read_publication,
    read_publications,
    read_restatements,
)
from tthc.web.api.reports import get_report
from tthc.web.api.samples import get_sample
from tthc.web.api.score_rounds import (
    open_score_round,
    publish_score_results,
    read_score_results,
    read_score_rounds,
)
from tthc.web.api.score_sheets import (
    close_score_stage,
    read_score_feed,
    read_score_leaf,
    read_score_sheet,
    score_one_leaf,
)
from tthc.web.api.scores import forecast_score, get_score, list_rubrics, suppose_score
from tthc.web.api.search import search_cases
from tthc.web.api.signals import list_signals, read_signal
from tthc.web.api.steps import read_steps_of_case
from tthc.web.api.traces import export_traces, list_traces
from tthc.web.api.transfers import (
    read_batch,
    read_control_sheet,
    take_over_cases,
    transfer_cases,
)
from tthc.web.deps import read_ledger, write_ledger
from tthc.web.desk.accounts import account_page, accounts_page, change_on_page, open_on_page
from tthc.web.desk.assets import serve_asset
from tthc.web.desk.behind import behind_file, behind_page
from tthc.web.desk.case import act_on_page, case_page, find_case
from tthc.web.desk.changes import changes_page
from tthc.web.desk.claims import claims_page, release_on_page
from tthc.web.desk.definitions import definitions_page
from tthc.web.desk.drafting import draft_chosen, drafting_page
from tthc.web.desk.foreign_reports import compare_sent, comparing_page
from tthc.web.desk.handover import hand_over, handover_page
from tthc.web.desk.home import home
from tthc.web.desk.immediate import immediate_page, record_immediate
from tthc.web.desk.intake import intake_page, receive
from tthc.web.desk.look_up import look_up_case, look_up_page
from tthc.web.desk.my_day import my_day_page, persons_to_call
from tthc.web.desk.open_figures import open_figures_page
from tthc.web.desk.overdue import overdue_file, overdue_page
from tthc.web.desk.overview import overview_page
from tthc.web.desk.publications import (
    preview_page,
    publication_page,
    publication_record,
    publications_page,
    publish_period_on_page,
)
from tthc.web.desk.reports import reports_page
from tthc.web.desk.score_outlook import outlook_page
from tthc.web.desk.score_sheet import act_on_sheet, sheet_file, sheet_page
from tthc.web.desk.scores import (
    open_round_on_page,
    publish_on_page,
    ranking_page,
    scores_page,
)
from tthc.web.desk.search import search, search_page
from tthc.web.desk.sign_in import (
    change_password,
    password_page,
    sign_in,
    sign_in_page,
    sign_out,
)
from tthc.web.desk.signals import signals_page
from tthc.web.desk.tokens import keep_tokens_on_page, tokens_page
from tthc.web.desk.traces import traces_page
from tthc.web.errors import answer_error
from tthc.web.fields import name_wrong_fields
from tthc.web.gate import Gate
from tthc.web.known_tokens import KnownTokens
from tthc.web.refusals import trace_refusal
from tthc.web.shell import Shell
from tthc.web.turns import Turns

OPENAPI = OpenAPIConfig(
    title="Giải quyết thủ tục hành chính",
    version=version("tthc"),
    description="Các phép tính số liệu hồ sơ; thời điểm viết theo ISO 8601 có múi giờ.",
    path="/api/schema",
    render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
    use_handler_docstrings=True,
    components=Components(security_schemes={"token": SCHEME}),
)
POOL = 20  # connections kept: more would not make 2 to 8 cores faster
API = (
    *(list_definitions, get_figures, get_partition, get_report, get_briefing, get_sample),
    *(compare_report, list_open_figures, read_open_figures),
    *(list_signals, read_signal, list_changes),
    *(read_publications, read_publication, read_restatements, publish),
    *(
        receive_case,
        read_case,
        read_applicant,
        read_clock,
        read_steps_of_case,
        read_events,
        act_on_case,
    ),
    *(list_cases, list_closable, search_cases),
    *(transfer_cases, take_over_cases, read_batch, read_control_sheet),
    *(preview_decision, preview_new_terms, preview_unit_hours),
    *(list_rubrics, get_score, suppose_score, forecast_score),
    *(read_score_rounds, open_score_round, read_score_results, publish_score_results),
    *(read_score_feed, read_score_sheet, close_score_stage, read_score_leaf, score_one_leaf),
    *(read_letters, draft_letter, approve_letter, issue_letter, send_letter, import_cases),
    *(print_case_form, print_register, print_handover, print_shift),
    *(take_cases, take_steps, list_quarantine, release_claim),
    *(list_traces, export_traces, explain_period, list_explanations),
)


def create_app(settings: Settings, server: Server) -> Litestar:
    """The site over a server that somebody else keeps running."""

    @asynccontextmanager
    async def engine(app: Litestar) -> AsyncIterator[None]:
        app.state.engine = connect_app(app.state.server, pool_size=POOL)
        app.state.turns = Turns()
        try:
            yield
        finally:
            await app.state.engine.dispose()

    meter = Meter()
    app = Litestar(
        route_handlers=[
            *(look_up_page, look_up_case, open_figures_page),
            *(home, definitions_page, traces_page, serve_asset, docs_page, docs_file, metrics),
            *(overdue_page, overdue_file, drafting_page, draft_chosen),
            *(comparing_page, compare_sent),
            *(reports_page, overview_page, changes_page, behind_page, behind_file),
            *(search_page, search),
            *(accounts_page, open_on_page, account_page, change_on_page),
            *(tokens_page, keep_tokens_on_page, claims_page, release_on_page),
            *(scores_page, open_round_on_page, ranking_page, publish_on_page),
            *(sheet_page, act_on_sheet, sheet_file, outlook_page),
            *(signals_page, publications_page, preview_page, publish_period_on_page),
            *(publication_page, publication_record),
            *(sign_in_page, sign_in, sign_out, password_page, change_password),
            *(immediate_page, record_immediate, handover_page, hand_over),
            *(
                my_day_page,
                persons_to_call,
                intake_page,
                receive,
                find_case,
                case_page,
                act_on_page,
            ),
            Router("/api/v1", route_handlers=API),
            Router("/health", route_handlers=[live, ready]),
        ],
        dependencies={
            "ledger": Provide(read_ledger),
            "writing": Provide(write_ledger),
            "actor": Provide(read_actor, sync_to_thread=False),
            "person": Provide(read_person, sync_to_thread=False),
            "visitor": Provide(read_visitor),
        },
        lifespan=[engine],
        state=State(
            {"settings": settings, "server": server, "meter": meter, "known_tokens": KnownTokens()}
        ),
        after_exception=[name_wrong_fields, trace_refusal],
        exception_handlers={Exception: answer_error},
        openapi_config=OPENAPI,
        logging_config=None,
    )
    gate = Gate(app.asgi_handler, settings.site_names)
    inner = ProxyHeadersMiddleware(cast("Any", gate), [*settings.proxies])
    app.asgi_handler = Shell(cast("Any", inner), meter.count)
    return app
