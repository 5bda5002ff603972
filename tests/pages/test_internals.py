"""The insides of other packages that the product and its tests lean on: one test for each assumption.

Where an upgrade makes one untrue, its message names the package, the assumption and where to look. Modules of the room
are imported inside the tests, so that one name that is gone does not hide what else has changed.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sql.paths import PROJECT
from tests.helpers.pages import selected

ROOM = PROJECT / "pages" / "internals"
HELPER = PROJECT / "tests" / "helpers" / "internals.py"
MODULES = ["tests.helpers.pages.internals", *sorted(f"pages.internals.{path.stem}" for path in ROOM.glob("[!_]*.py"))]


def broken(package: str, assumption: str, member: str) -> str:
    """Returns the message of a failure: the package and its version, what was assumed of it, and where it is used."""
    module, _, name = member.rpartition(".")
    file = HELPER if module == "helpers" else ROOM / f"{module}.py"
    return f"{package} {version(package)}: no longer so: {assumption}. See {name} in {file.relative_to(PROJECT)}"


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_is_still_there(module):
    try:
        import_module(module)
    except ImportError as error:
        pytest.fail(f"{error}. See {module.replace('.', '/')}.py")


def public_names(module: str) -> Iterator[str]:
    """Yields the names that a module defines for others, those that it re-exports (`import x as x`) included."""
    for node in ast.parse((PROJECT / f"{module.replace('.', '/')}.py").read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.asname == alias.name)


def test_every_assumption_is_tested():
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    tested = {
        f"{node.value.id}.{node.attr}"
        for test in tests
        for node in ast.walk(test)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    names = {f"{module.split('.')[-1]}.{name}" for module in MODULES[1:] for name in public_names(module)}
    names |= {f"helpers.{name}" for name in public_names(MODULES[0])}
    assert len(names) > 40
    assert {name for name in names if not name.split(".")[1].startswith("_")} - tested == set()


# The front end's files


def entry_script() -> str:
    """Returns the text of the script with which the front end begins."""
    from pages.internals import front_end

    (name,) = re.findall(r'<script type="module"[^>]* src="\./static/js/([^"]+)"', front_end.index())
    return (front_end.SCRIPTS / name).read_text("utf-8")


def test_the_front_end_is_a_folder_of_hashed_files():
    from pages.internals import front_end

    assert (front_end.STATIC / "index.html").is_file(), broken(
        "streamlit", "the front end is in streamlit/static, with index.html", "front_end.STATIC"
    )
    assert front_end.SCRIPTS == front_end.ASSETS / "js" and list(front_end.SCRIPTS.glob("index.*.js")), broken(
        "streamlit", "the scripts are in static/js", "front_end.SCRIPTS"
    )
    files = [path for path in front_end.ASSETS.rglob("*") if path.suffix in (".js", ".css")]
    plain = [path.name for path in files if not re.fullmatch(r".+\.[\w-]{8,}\.(js|css)", path.name)]
    assert plain == [], broken("streamlit", f"each file has a hash in its name ({plain[:3]})", "front_end.ASSETS")


def test_each_element_has_one_script():
    from pages.internals import front_end

    for element in (*front_end.ELEMENTS, front_end.CHART_ELEMENT):
        names = [path.name for path in front_end.SCRIPTS.glob(f"{element}.*.js")]
        assert len(names) == 1, broken(
            "streamlit", f"the code of {element} is in one script of that name, found {names}", "front_end.ELEMENTS"
        )


def test_the_script_of_charts_contains_plotly():
    from pages.internals import front_end

    (script,) = front_end.SCRIPTS.glob(f"{front_end.CHART_ELEMENT}.*.js")
    assert "js-plotly-plot" in script.read_text("utf-8"), broken(
        "streamlit", "plotly.js is in the charts' script", "front_end.CHART_ELEMENT"
    )


def test_scripts_name_what_they_import():
    from pages.internals import front_end

    scripts = front_end.element_scripts(front_end.ELEMENTS)
    lost = [name for name in scripts if not (front_end.SCRIPTS / name).is_file()]
    # Each element needs React, so it imports some script.
    assert not lost and len(scripts) > 3 * len(front_end.ELEMENTS), broken(
        "streamlit", f"a script imports others as ./<name>.js ({lost[:3]})", "front_end.element_scripts"
    )


def test_the_document_names_its_files():
    from pages.internals import front_end

    html = front_end.index()
    assert html.count("</head>") == 1, broken("streamlit", "index.html has one </head>", "front_end.index")
    names = front_end.script_names(html)
    assert any(name.startswith("index.") for name in names), broken(
        "streamlit", "index.html asks for its scripts as static/js/<name>", "front_end.script_names"
    )
    assert all((front_end.SCRIPTS / name).is_file() for name in names)
    files = front_end.file_names(html)
    assert {Path(name).suffix for name in files} >= {".js", ".css", ".woff2"}, broken(
        "streamlit", "index.html asks for its files as ./static/<name>", "front_end.file_names"
    )
    assert all((front_end.STATIC / name).is_file() for name in files)


def test_the_document_preloads_one_typeface_of_its_own():
    from pages.internals import front_end

    html = front_end.index()
    assert html.count("SourceSans") == 1 and "SourceSans" not in front_end.remove_text_font(html), broken(
        "streamlit", "index.html preloads SourceSans with one link", "front_end.remove_text_font"
    )


def test_icons_are_in_one_font():
    from pages.internals import front_end

    fonts = front_end.icon_fonts()
    assert len(fonts) == 1 and (front_end.ASSETS / "media" / fonts[0]).is_file(), broken(
        "streamlit",
        f"icons are in static/media/MaterialSymbols-Rounded.<hash>.woff2, found {fonts}",
        "front_end.icon_fonts",
    )


def test_the_front_end_is_given_its_servers_address():
    from pages.internals import front_end

    entry = entry_script()
    names = re.findall(r"__streamlit|BACKEND_BASE_URL", front_end.BASE_URL_SCRIPT)
    assert len(names) == 2 and all(name in entry for name in names), broken(
        "streamlit", "the front end reads window.__streamlit.BACKEND_BASE_URL", "front_end.BASE_URL_SCRIPT"
    )


# The server


def test_everything_that_a_page_sends_can_be_read():
    from streamlit.testing.v1 import AppTest

    from tests.helpers.pages import internals as helpers

    test = AppTest.from_string("import streamlit as st; st.markdown('正文'); st.button('按钮', help='说明')").run()
    sent = helpers.sent_text(test)
    for words in ("正文", "按钮", "说明"):
        assert words in sent, broken("streamlit", "an element of a test keeps what it sends", "helpers.sent_text")


def test_the_routes_are_where_they_are_expected():
    import streamlit as st

    from pages.internals import web_server
    from tests.helpers.pages import internals as helpers

    paths = {route.path for route in helpers.routes(st.App(PROJECT / "pages" / "main.py"))}
    exact = {
        "CALLBACK": web_server.CALLBACK,
        "LOGIN": web_server.LOGIN,
        "LOGOUT": web_server.LOGOUT,
        "STREAM": web_server.STREAM,
        "HEALTH": web_server.HEALTH,
        "HOST_CONFIG": web_server.HOST_CONFIG,
        "METRICS": web_server.METRICS,
    }
    for name, path in exact.items():
        assert f"/{path}" in paths, broken("streamlit", f"the server has the route /{path}", f"web_server.{name}")
    stems = {
        "MEDIA": web_server.MEDIA,
        "COMPONENT": web_server.COMPONENT,
        "UPLOADS": f"{web_server.UPLOADS}/",
        "AGENTS": f"{web_server.AGENTS}/",
    }
    for name, stem in stems.items():
        assert any(path.startswith(f"/{stem}") for path in paths), broken(
            "streamlit", f"the server has routes below /{stem}", f"web_server.{name}"
        )
    others = {path.strip("/").split("/")[0] for path in paths} - {
        stem.split("/")[0] for stem in (web_server.CALLBACK, web_server.LOGIN, web_server.MEDIA, web_server.COMPONENT)
    }
    assert others == {"", web_server.CORE.rstrip("/")}, broken(
        "streamlit", f"all other routes are below {web_server.CORE} ({others})", "web_server.CORE"
    )


def test_a_host_is_compared_with_the_setting():
    from pages.internals import web_server
    from tests.helpers.pages import internals as helpers

    before = helpers.config.get_option("server.allowedHosts")
    try:
        helpers.config.set_option("server.allowedHosts", ["linli.example.cn"])
        hosts = ("linli.example.cn", "linli.example.cn:8501", "evil.example", "localhost")
        answers = [web_server.is_host_allowed(host) for host in hosts]
    finally:
        helpers.config.set_option("server.allowedHosts", before)
    assert answers == [True, True, False, False], broken(
        "streamlit", "server.allowedHosts lists the names that are answered", "web_server.is_host_allowed"
    )


def test_a_setting_has_an_environment_variable():
    from pages.internals import web_server

    assert web_server.setting_variable("server.allowedHosts") == "STREAMLIT_SERVER_ALLOWED_HOSTS", broken(
        "streamlit", "get_config_options() knows the environment variable of a setting", "web_server.setting_variable"
    )


def test_secrets_that_cannot_be_parsed_are_no_secrets(tmp_path):
    from pages.internals import web_server

    file = tmp_path / "secrets.toml"
    code = (
        f"from streamlit import config; config.set_option('secrets.files', ['{file}']);"
        "from pages.internals import web_server; print(web_server.load_secrets())"
    )

    def answer() -> str:
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
        return (run.stderr if run.returncode else run.stdout).splitlines()[-1]

    answers = [answer()]
    for text in ("[auth\n", "[auth]\nclient_id = 'linli'\n"):
        file.write_text(text)
        answers.append(answer())
    assert answers == ["False", "False", "True"], broken(
        "streamlit",
        f"secrets are read without an error, and the answer says whether ({answers})",
        f"web_server.{web_server.load_secrets.__name__}",
    )


# The login


def test_the_claims_of_a_login_are_read_from_its_signed_cookie():
    from streamlit.auth_util import set_cookie_with_chunks
    from streamlit.web.server import server_util
    from streamlit.web.server.starlette import starlette_websocket
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    from pages.internals import login_cookie

    assert login_cookie.secret() == server_util.get_cookie_secret() and login_cookie.secret()
    for claims in ({"sub": "li"}, {"sub": "li", "picture": "x" * 9000}):
        cookies: dict[str, str] = {}

        def set_cookie(name: str, value: str, to: dict[str, str] = cookies) -> None:
            to[name] = create_signed_value(login_cookie.secret(), name, value).decode()

        set_cookie_with_chunks(
            set_cookie,
            lambda name, value: create_signed_value(login_cookie.secret(), name, value),
            login_cookie.NAME,
            claims,
            cookie_attr_size=100,
        )
        assert all(name.startswith(login_cookie.NAME) for name in cookies), broken(
            "streamlit", f"the pieces of a long cookie begin with its name ({[*cookies]})", "login_cookie.NAME"
        )
        assert login_cookie.claims(cookies) == json.dumps(claims).encode(), broken(
            "streamlit", "the claims are read from the cookie as they were signed", "login_cookie.claims"
        )
        forged = {name: f"x{value}" for name, value in cookies.items()}
        assert login_cookie.claims(forged) is None and login_cookie.claims({}) is None, broken(
            "streamlit", "claims that this server did not sign are refused", "login_cookie.claims"
        )
    handler = inspect.getsource(starlette_websocket.create_websocket_handler)
    read = re.search(r"_get_signed_cookie_with_chunks\(\s*websocket\.cookies, (\w+)", handler)
    assert read and getattr(starlette_websocket, read[1]) == login_cookie.NAME, broken(
        "streamlit", "the socket reads the user from that cookie with the same function", "login_cookie.claims"
    )


def test_a_login_cookie_lasts_for_thirty_days():
    from pages.internals import login_cookie

    assert login_cookie.MAX_AGE_SECONDS == 30 * 24 * 3600, broken(
        "streamlit", "a browser keeps the cookie for 30 days, as SECURITY.md says", "login_cookie.MAX_AGE_SECONDS"
    )


def test_the_front_end_returns_the_xsrf_cookie():
    from tests.helpers.pages import internals as helpers

    entry = entry_script()
    assert helpers.XSRF_COOKIE in entry, broken(
        "streamlit", "the front end reads the XSRF cookie by that name", "helpers.XSRF_COOKIE"
    )


# Messages


def test_messages_of_pages_are_told_from_others():
    from pages.internals import messages
    from tests.helpers.pages import internals as helpers

    kinds = {field.name for field in helpers.BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    reviewed = messages.PAGE_MESSAGES | {"backend_operation_request", "clear_cache", "set_run_on_save", "load_git_info"}
    reviewed |= {"debug_disconnect_websocket", "debug_shutdown_runtime", "file_urls_request"}
    assert kinds == reviewed, broken(
        "streamlit", f"these are all messages to the server; review {kinds ^ reviewed}", "messages.PAGE_MESSAGES"
    )
    for kind in kinds - {"backend_operation_request"}:
        message = helpers.BackMsg()
        if message.DESCRIPTOR.fields_by_name[kind].message_type:
            getattr(message, kind).SetInParent()
        else:
            setattr(message, kind, type(getattr(message, kind))(True))
        assert messages.is_from_page(message.SerializeToString()) == (kind in messages.PAGE_MESSAGES), kind
    for payload in ("deferred_file", "install_skills"):
        message = helpers.BackMsg()
        getattr(message.backend_operation_request, payload).SetInParent()
        assert messages.is_from_page(message.SerializeToString()) == (payload == "deferred_file"), broken(
            "streamlit", "a page requests a file with backend_operation_request.deferred_file", "messages.is_from_page"
        )
    assert messages.is_from_page(b"\xff\xff no message")


def test_the_address_of_a_file_is_in_the_answer_to_its_request():
    from pages.internals import messages
    from tests.helpers.pages import internals as helpers

    message = helpers.ForwardMsg()
    message.backend_operation_response.deferred_file.url = "/media/0123.csv"
    assert messages.file_address(message.SerializeToString()) == "media/0123.csv", broken(
        "streamlit", "the answer holds the address as deferred_file.url", "messages.file_address"
    )
    other = helpers.ForwardMsg()
    other.delta.new_element.markdown.body = "media/0123.csv"
    assert messages.file_address(other.SerializeToString()) is None
    assert helpers.DownloadButton(id="x", deferred_file_id="y").deferred_file_id == "y", broken(
        "streamlit", "a download button holds the id of its file", "helpers.DownloadButton"
    )


def test_states_of_widgets_come_in_one_of_these_fields():
    from tests.helpers.pages import internals as helpers

    fields = {field.name for field in helpers.WidgetState.DESCRIPTOR.oneofs_by_name["value"].fields}
    used = {"trigger_value", "bool_value", "string_value", "string_array_value", "string_trigger_value"}
    assert fields >= used | {"json_value", "json_trigger_value"}, broken(
        "streamlit", "browsers send the states of widgets in these fields", "helpers.WidgetState"
    )


# Runs of pages


def test_every_browser_message_passes_where_callbacks_are_dispatched():
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.runtime.state import session_state

    from pages.internals import script_runs

    method = inspect.unwrap(session_state.SessionState.on_script_will_rerun)
    calls = inspect.getsource(session_state).count("._call_callbacks(")
    assert calls == 1 and "_call_callbacks(" in inspect.getsource(method), broken(
        "streamlit", "only on_script_will_rerun calls callbacks", f"script_runs.{script_runs.intercept.__name__}"
    )
    source = inspect.getsource(ScriptRunner._run_script)
    steps = [source.find(step) for step in (".on_script_will_rerun(", "ctx.on_script_start()", "exec(code")]
    assert -1 not in steps and steps == sorted(steps), broken(
        "streamlit", "each message passes on_script_will_rerun before the script begins", "script_runs.intercept"
    )


@pytest.fixture
def own_gate() -> Iterator[None]:
    """Puts the product's gate, or none, back in its place after the test."""
    from streamlit.runtime.state.session_state import SessionState

    before = SessionState.on_script_will_rerun
    yield
    SessionState.on_script_will_rerun = before


def page() -> None:
    import streamlit as st

    def on_click() -> None:
        st.session_state["clicks"] = st.session_state.get("clicks", 0) + 1

    st.button("click", key="click", on_click=on_click)
    st.text(st.session_state.get("clicks", 0))


def test_a_run_can_be_restarted_without_its_callbacks(own_gate):
    from streamlit.runtime.scriptrunner import RerunException

    from pages.internals import script_runs

    restarts: list[RerunException] = []
    replaced: list[script_runs.SessionState] = []

    def check(state: script_runs.SessionState) -> None:
        if state.filtered_state.get("clicks") == 1 and not restarts:
            state.clear()
            try:
                script_runs.restart()
            except RerunException as restart:
                restarts.append(restart)
                raise

    script_runs.intercept(replaced.append)
    script_runs.intercept(check)
    test = AppTest.from_function(page, default_timeout=60).run()
    assert replaced == [], broken("streamlit", "the method that is wrapped can be found again", "script_runs.intercept")
    test.button[0].click().run()
    assert test.text[0].value == "1"
    test.button[0].click().run()
    assert not test.exception and len(restarts) == 1, broken(
        "streamlit", "a RerunException raised before the callbacks ends the run", "script_runs.restart"
    )
    # An AppTest ends here; that a server then runs the page is seen in test_gate.py.
    assert restarts[0].rerun_data.page_script_hash, broken(
        "streamlit", "a RerunException names the page of the run that follows", "script_runs.restart"
    )
    assert test.run().text[0].value == "0", broken(
        "streamlit", "SessionState.clear drops values and callbacks", "script_runs.restart"
    )
    with pytest.raises(RuntimeError):
        script_runs.restart()


def test_widget_states_that_no_browser_sends_are_dropped(own_gate):
    from streamlit.proto.WidgetStates_pb2 import WidgetStates
    from streamlit.runtime.state.common import WidgetMetadata
    from streamlit.runtime.state.session_state import SessionState

    from pages.internals import script_runs
    from tests.helpers.pages import internals as helpers

    received: list[list[str]] = []

    def dispatch(state: SessionState, fresh: object, **options: object) -> None:
        received.append([widget.id for widget in fresh.widgets])

    SessionState.on_script_will_rerun = dispatch
    script_runs.intercept(lambda state: None)
    state = SessionState()
    for name, deserialize in (("right", str), ("field", str), ("value", json.loads)):
        state._set_widget_metadata(
            WidgetMetadata(id=name, deserializer=deserialize, serializer=str, value_type="string_value")
        )
    states = [
        helpers.WidgetState(id="right", string_value="{}"),
        helpers.WidgetState(id="field", bool_value=True),
        helpers.WidgetState(id="value", string_value="{"),
        helpers.WidgetState(id="unknown", bool_value=True),
    ]
    state.on_script_will_rerun(WidgetStates(widgets=states))
    assert received == [["right", "unknown"]], broken(
        "streamlit", "WStates reads a widget by the field and the deserializer of its metadata", "script_runs.intercept"
    )


# Connections


def test_connections_of_uvicorn_are_seen_with_what_they_wait_for():
    import uvicorn
    from websockets.asyncio.client import connect

    from pages.internals import http_connections

    is_made = "its server is made by create_server of the running loop, after the lifespan has begun"
    opened: list[tuple[asyncio.Transport, object]] = []
    seen: list[object] = []

    async def application(scope, receive, send) -> None:
        message = await receive()
        if scope["type"] == "lifespan":
            http_connections.intercept(asyncio.get_running_loop(), lambda *connection: opened.append(connection))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            await receive()
        else:
            seen.append(http_connections.current_request(opened[0][1]))
            assert message["type"] == "http.request"
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    async def wait_until(is_so) -> None:
        for _ in range(1000):
            if is_so():
                return
            await asyncio.sleep(0.01)

    async def talk() -> None:
        server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="critical", lifespan="on"))
        running = asyncio.create_task(server.serve())
        await wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # uvicorn knows of a connection before the client does, or a moment later.
        await wait_until(lambda: opened or server.server_state.connections)
        assert opened, broken("uvicorn", is_made, "http_connections.intercept")
        transport, protocol = opened[0]
        seen.append(http_connections.current_request(protocol))
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n")
        await wait_until(lambda: http_connections.current_request(protocol)[0])
        seen.append(http_connections.current_request(protocol))
        writer.write(b"x")
        await reader.readuntil(b"\r\n\r\n")
        await wait_until(lambda: http_connections.current_request(protocol)[1])
        seen.append(http_connections.current_request(protocol))
        seen.append(http_connections.is_socket(transport, protocol))
        writer.close()
        async with connect(f"ws://127.0.0.1:{port}/", proxy=None):
            seen.append(http_connections.is_socket(*opened[1]))
        server.should_exit = True
        await running

    # In a thread of its own: where a test before has started a browser, Playwright's loop runs in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(talk(), 60)).result()
    before, head, body, after, of_request, of_socket = seen
    assert before == (None, True), broken(
        "uvicorn", "a connection has no cycle before its first request", "http_connections.current_request"
    )
    request = head[0]
    assert (head, body, after) == ((request, True), (request, False), (request, True)), broken(
        "uvicorn",
        "cycle is the request, more_body until it is whole, response_complete after its answer",
        "http_connections.current_request",
    )
    assert (of_request, of_socket) == (False, True), broken(
        "uvicorn", "a WebSocket replaces the protocol of its transport", "http_connections.is_socket"
    )


# Charts, maps and elements


def test_a_figure_is_sent_as_written():
    from pages.internals import drawing

    def script() -> None:
        import streamlit as st

        from pages.internals.drawing import Figure

        st.plotly_chart(Figure([{"type": "bar", "x": [1], "y": [2], "unknown": 3}], {"height": 90}), theme=None)

    test = AppTest.from_function(script).run()
    sent = json.loads(test.get("plotly_chart")[0].proto.spec) if not test.exception else test.exception[0].message
    assert sent == {"data": [{"type": "bar", "x": [1], "y": [2], "unknown": 3}], "layout": {"height": 90}}, broken(
        "plotly",
        f"a figure need not be initialized, and only its to_dict is sent ({sent})",
        f"drawing.{drawing.Figure.__name__}",
    )


def test_a_deck_is_sent_as_it_serializes_itself():
    from pages.internals import drawing

    def script() -> None:
        import pydeck as pdk
        import streamlit as st

        from pages.internals.drawing import Deck

        st.pydeck_chart(Deck([pdk.Layer("ScatterplotLayer", [{"name": "西峰"}])], map_provider=None))

    test = AppTest.from_function(script).run()
    sent = test.get("deck_gl_json_chart")[0].proto.json if not test.exception else test.exception[0].message
    assert "西峰" in sent and ": " not in sent and json.loads(sent)["layers"], broken(
        "pydeck", f"st.pydeck_chart sends what to_json returns ({sent[:80]})", f"drawing.{drawing.Deck.__name__}"
    )


def test_a_popover_knows_whether_it_is_open():
    from pages.internals import element_types

    def script() -> None:
        import streamlit as st

        st.session_state["popover"] = st.popover("menu", key="menu", on_change="rerun")

    test = AppTest.from_function(script).run()
    popover = test.session_state["popover"]
    assert isinstance(popover, element_types.PopoverContainer) and popover.open is False, broken(
        "streamlit", "st.popover returns a PopoverContainer with `open`", "element_types.PopoverContainer"
    )


def test_a_component_sends_its_events_under_an_id_of_its_own():
    from tests.helpers.pages import internals as helpers

    def script() -> None:
        import streamlit as st

        st.components.v2.component("events", js="export default () => {}")(key="c", on_asked_change=lambda: None)

    test = AppTest.from_function(script).run()
    (component,) = test.get("bidi_component")
    known = test.session_state._state._state._new_widget_state.widget_metadata
    assert helpers.events_id(component.proto.id) in known, broken(
        "streamlit", f"the events of a component are a widget of their own ({[*known]})", "helpers.events_id"
    )


def test_components_are_searched_once():
    from streamlit.components.v2 import manifest_scanner

    from tests.helpers.pages import internals as helpers

    helpers.remember_components()
    AppTest.from_function(page).run()
    before = manifest_scanner.scan_component_manifests.cache_info().hits
    AppTest.from_function(page).run()
    assert manifest_scanner.scan_component_manifests.cache_info().hits > before, broken(
        "streamlit", "an AppTest calls scan_component_manifests of its module", "helpers.remember_components"
    )


# Imports


def test_late_imports_are_there_and_late():
    from pages.internals import late_imports

    gone = [name for name in late_imports.LATE_IMPORTS if find_spec(name.partition(".")[0]) is None or not _spec(name)]
    assert gone == [], f"no such modules any more: {gone}. See LATE_IMPORTS in pages/internals/late_imports.py"
    code = (
        "import sys; import app; from pages.server.startup import warm_up; names = warm_up.LATE_IMPORTS;"
        "warm_up.LATE_IMPORTS = (); warm_up._import(); print([name for name in names if name in sys.modules])"
    )
    early = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert early.split("\n")[-2] == "[]", f"imported at the start by themselves: {early}. See LATE_IMPORTS"


def _spec(name: str) -> object:
    try:
        return find_spec(name)
    except ModuleNotFoundError:
        return None


# What styles, scripts and tests select


def test_everything_that_is_selected_is_listed():
    from pages.internals import selectors

    for table, listed, used in (
        ("TEST_IDS", selectors.TEST_IDS, selected.test_ids()),
        ("CLASSES", selectors.CLASSES | selectors.CHART_CLASSES | selectors.MAP_CLASSES, selected.classes()),
        ("ATTRIBUTES", selectors.ATTRIBUTES, selected.attributes()),
        ("SCRIPT_STATES", selectors.SCRIPT_STATES, selected.script_states()),
        ("VARIABLES", selectors.VARIABLES, selected.variables()),
    ):
        new = {name: file for name, file in used.items() if name not in listed}
        assert new == {}, f"not listed in {table} of pages/internals/selectors.py: {new}"
        stale = set(listed) - set(used)
        assert stale == set(), f"listed in {table} of pages/internals/selectors.py, and selected by nothing: {stale}"


def test_everything_that_is_listed_is_in_the_front_end():
    from pages.internals import front_end, selectors

    def text(pattern: str) -> str:
        return "\n".join(path.read_text("utf-8") for path in sorted(front_end.SCRIPTS.glob(pattern)))

    everything, charts = text("*.js"), text(f"{front_end.CHART_ELEMENT}.*.js")
    for name, script, table in (
        ("TEST_IDS", everything, selectors.TEST_IDS),
        ("ATTRIBUTES", everything, selectors.ATTRIBUTES),
        ("SCRIPT_STATES", everything, selectors.SCRIPT_STATES),
        ("CLASSES", everything, selectors.CLASSES),
        ("VARIABLES", text("BidiComponent.*.js"), selectors.VARIABLES),
        ("CHART_CLASSES", charts, selectors.CHART_CLASSES),
        ("MAP_CLASSES", text("DeckGlJsonChart.*.js"), selectors.MAP_CLASSES),
    ):
        lost = {
            key: selector.meaning
            for key, selector in table.items()
            if not (selector.in_bundle in script if selector.in_bundle else re.search(f"[\"'`]{key}[\"'`]", script))
        }
        assert lost == {}, broken("streamlit", f"its front end draws {lost}", f"selectors.{name}")
