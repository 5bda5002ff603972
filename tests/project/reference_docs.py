"""Writes the reference pages of docs/ from the code: `make docs`. tests/project/test_docs.py fails where one is stale."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import dataframely as dy
import typer

from etl.cli.commands import app
from etl.contracts import Table, all_tables
from etl.contracts.columns import MAX_VALUE, metadata_of
from sql.files.sql_file import SqlFile, Text
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from tests.project import reference_tables

DOCS = PROJECT / "docs"
NOTICE = Text(
    "<!-- 由 make docs 从代码生成，请不要手工修改 -->",
    "<!-- Generated from the code by `make docs`. Do not edit by hand. -->",
)
LANGUAGES = ("en", "zh")


class Variable(NamedTuple):
    """Describes an environment variable: its name, its default, what it sets, and the file that reads it."""

    name: str
    default: Text
    use: Text
    read_by: str


def _path(default: str, zh: str, en: str, read_by: str) -> tuple[Text, Text, str]:
    return Text(f"`{default}`", f"`{default}`"), Text(zh, en), read_by


# The product's own variables; test_docs.py compares them with the names in the code.
VARIABLES = (
    Variable(
        "LINLI_WAREHOUSE",
        *_path(
            "data/warehouse",
            "数据仓库文件夹：版本、指针、退回表和密钥",
            "Folder of the warehouse: versions, the pointer to the served one, and keys",
            "sql/paths.py",
        ),
    ),
    Variable(
        "LINLI_MEETINGS",
        *_path(
            "data/meetings",
            "播放单、会议决定和放映状态所在的文件夹",
            "Folder of playlists, decisions and the state of running shows",
            "pages/meeting/store.py",
        ),
    ),
    Variable(
        "LINLI_AUDIT", *_path("data/audit", "审计记录所在的文件夹", "Folder of the audit log", "sql/audit/log.py")
    ),
    Variable(
        "LINLI_ACCESS",
        *_path("data/access.toml", "写明谁能看什么的文件", "File that says who may see what", "sql/security/access.py"),
    ),
    Variable(
        "LINLI_SESSIONS",
        *_path(
            "data/sessions",
            "登录记录所在的文件夹",
            "Folder of the logins that are open",
            "pages/server/sessions/store.py",
        ),
    ),
    Variable(
        "LINLI_EXAMPLES",
        Text("`quick`", "`quick`"),
        Text(
            "测试试多少例：`quick` 或 `full`；只有测试读它",
            "How many examples a test tries: `quick` or `full`. Only tests read it",
        ),
        "tests/helpers/depth.py",
    ),
)
# Variables of others that an operator may need to set.
OTHER_VARIABLES = (
    Variable(
        "STREAMLIT_SERVER_ALLOWED_HOSTS",
        Text("`localhost 127.0.0.1 ::1`", "`localhost 127.0.0.1 ::1`"),
        Text(
            "看板应答的名称，几个以空格隔开；给别人看时必须设置",
            "Names the dashboard answers to, separated by spaces. Required before others may connect",
        ),
        "Streamlit",
    ),
    Variable(
        "SPARK_CONF_DIR",
        Text("–", "–"),
        Text(
            "`spark-defaults.conf` 所在的文件夹，用于 `--engine spark`",
            "Folder of `spark-defaults.conf`, for `--engine spark`",
        ),
        "Spark",
    ),
    Variable(
        "CI",
        Text("–", "–"),
        Text("为 `true` 时，跳过任何测试都算失败", "With `true`, a skipped test fails the run"),
        "tests/conftest.py",
    ),
)

# The reasons in the .in files are English; these are the Chinese ones, by package.
PACKAGES_ZH = {
    "streamlit": "页面、服务器，以及 OpenID Connect 登录（连同 Authlib 和 httpx）",
    "authlib": "登录凭它信任登录服务；Streamlit 接受任何版本，这里锁定",
    "starlette": "服务器的路由和中间件；Streamlit 带来",
    "anyio": "服务器里会阻塞的事在它的线程里做；Starlette 带来",
    "protobuf": "读页面与服务器之间的消息；Streamlit 带来",
    "duckdb": "数据仓库和 SQL",
    "polars": "读取和画图时的行",
    "numpy": "哪些点落在哪个多边形里；shapely 要的数组",
    "plotly": "图表",
    "pydeck": "地图",
    "pytest": "测试",
    "dataframely": "源表约定写成 schema，每个退回行的原因由它给出",
    "sqlglot": "读懂 SQL 文件：用到的表、先后、规则",
    "fastexcel": "读 .xls 和 .xlsx",
    "python-calamine": "读 .xls 的合并单元格，fastexcel 不提供",
    "shapely": "装入时处理多边形",
    "rich": "命令行的进度和表格",
    "typer": "命令行的命令、选项和帮助",
    "babel": "两种语言的文字，数字的写法",
    "xlsxwriter": "写 .xlsx：下载、退回表、演示工作簿",
    "python-pptx": "简报的幻灯片，以及幻灯片和文档里的原生图表",
    "python-docx": "简报的文档",
    "lxml": "上面两个没有现成办法的：主题字体、域、链接",
    "watchfiles": "告诉服务器和 `etl watch` 哪个文件变了",
    "pypinyin": "按拼音找名称",
    "tomli-w": "写浏览器里改的会议播放单",
    "segno": "画手机要扫的码",
    "pyspark": "只用于 `--engine spark` 和测试",
    "py4j": "读 Spark 报的错；pyspark 带来",
    "pytest-xdist": "几个核就同时跑几个测试",
    "playwright": "真的浏览器",
    "axe-playwright-python": "axe-core 的无障碍规则",
    "hypothesis": "谁也没想到的数据",
    "oidc-provider-mock": "用来登录的服务",
    "pandas": "页面发出的表格；Streamlit 带来",
    "uvicorn": "对它的连接作了哪些假设；Streamlit 带来",
    "websockets": "几十位访客，以及应当拒绝的握手；Streamlit 带来",
    "uv": "`make lock`",
    "cyclonedx-bom": "`make sbom`",
    "cyclonedx-python-lib": "物料清单是否符合 CycloneDX",
    "pip-audit": "`make audit`",
    "ruff": "`make lint`：Python 的规则和版式",
    "mypy": "`make lint`：类型",
    "import-linter": "`make lint`：哪个模块可以导入哪个",
    "sqlfluff": "`make lint`：`sql/` 的规则和版式",
    "pre-commit": "每次提交前运行 `make lint` 的工具，愿意用的人装",
}
REQUIREMENTS = {
    "requirements.in": Text("产品", "The product"),
    "requirements-spark.in": Text("Spark 引擎（可选）", "The Spark engine (optional)"),
    "tests/requirements.in": Text("测试和开发工具", "Tests and development tools"),
}

_TYPES: dict[type[dy.Column], Text] = {
    dy.String: Text("文字", "text"),
    dy.Enum: Text("选项", "choice"),
    dy.Int64: Text("整数", "integer"),
    dy.Float64: Text("数", "number"),
    dy.Date: Text("日期", "date"),
    dy.Datetime: Text("日期和时间", "date and time"),
    dy.Bool: Text("是或否", "yes or no"),
}
_PERSONAL = {
    "drop": Text("个人信息：核对后丢弃", "personal: checked, then dropped"),
    "mask": Text("个人信息：只留 张*", "personal: stored as 张*"),
    "restrict": Text("个人信息：只用于达到人数的汇总", "personal: used only in aggregates of enough people"),
}


def dictionary(language: str) -> Iterator[str]:
    """Yields the page of every table and column a district may send."""
    tables = all_tables()
    yield _say(language, "# 数据字典", "# Data dictionary")
    yield _say(
        language,
        f"{len(tables)} 张表。表头写中文或英文列名都行，一格里几个写法以 / 隔开的任写一个；选项写中文或英文的词。"
        "必填的列缺值，该行退回。怎样命名和摆放文件见[文件](files.md)。",
        f"{len(tables)} tables. A file may use the English column name or the Chinese header; where a header shows "
        "alternatives split by /, any of them works. Choices accept the English or the Chinese word. A row without a "
        "required value is rejected. [Files](files.md) says how files are named and laid out.",
    )
    yield _row([_say(language, "表", "Table"), _say(language, "列数", "Columns"), _say(language, "主键", "Key")])
    yield _rule(3)
    for table in tables.values():
        yield _row([_anchor(table, language), str(len(table.columns)), _codes(table.key)])
    for table in tables.values():
        yield ""
        yield f"## {_heading(table, language)}"
        yield ""
        if language == "en":
            yield f"{(table.schema.__doc__ or '').strip()}"
            yield ""
        yield _row(
            _say(language, *pair)
            for pair in (
                ("列", "Column"),
                ("表头", "Header"),
                ("类型", "Type"),
                ("必填", "Required"),
                ("说明", "Notes"),
            )
        )
        yield _rule(5)
        for name, column in table.columns.items():
            yield _row(
                [
                    f"`{name}`",
                    table.header(name),
                    getattr(_TYPES[type(column)], language),
                    "" if column.nullable else _say(language, "是", "yes"),
                    _say(language, "；", "; ").join(_notes(column, name in table.key, language)),
                ]
            )
        if rules := list(_rules(table, language)):
            yield ""
            yield _say(language, "退回的情形：", "Rows are rejected where:")
            yield ""
            yield from (f"- {rule}" for rule in rules)


def _heading(table: Table, language: str) -> str:
    return _say(language, f"{table.title} {table.name}", f"{table.name} {table.title}")


def _anchor(table: Table, language: str) -> str:
    heading = _heading(table, language)
    return f"[{heading}](#{heading.replace(' ', '-')})"


def _notes(column: dy.Column, is_key: bool, language: str) -> Iterator[str]:
    """Yields what the contract says of a column beyond its type."""
    about = metadata_of(column)
    if is_key:
        yield _say(language, "主键", "key")
    if labels := about.get("labels"):
        yield _say(language, "、", ", ").join(
            _say(language, f"{label} `{word}`", f"`{word}` {label}") for word, label in labels.items()
        ) + ("" if not about.get("topic") else _say(language, "，或其他文字", ", or any other text"))
    if bounds := _bounds(column):
        yield bounds
    for reference in about.get("references") or ():
        text = _say(
            language,
            f"须是 `{reference.table}.{reference.column}` 中已有的",
            f"must exist in `{reference.table}.{reference.column}`",
        )
        if reference.where:
            text += f" ({reference.where[0]}: {', '.join(reference.where[1])})"
        yield text
    if about.get("personal"):
        yield getattr(_PERSONAL[about["personal"]], language)
    if about.get("identifies"):
        yield _say(language, "指认个人或账户", "identifies a person or an account")
    if about.get("event"):
        yield _say(language, "计入数据日期", "counts for the data date")


def _bounds(column: dy.Column) -> str:
    """Returns the range of a number, empty where it has none worth saying."""
    at_least, more_than = getattr(column, "min", None), getattr(column, "min_exclusive", None)
    at_most = getattr(column, "max", None)
    at_most = None if at_most == MAX_VALUE else at_most
    parts = [
        *([f"≥ {at_least:g}"] if at_least is not None else []),
        *([f"> {more_than:g}"] if more_than is not None else []),
        *([f"≤ {at_most:g}"] if at_most is not None else []),
    ]
    return ", ".join(parts)


def _rules(table: Table, language: str) -> Iterator[str]:
    """Yields the reasons for which a table's own rules reject a row, without the values of a row."""
    for name in table.schema._schema_validation_rules():
        if name != "all_cells_readable":
            text = getattr(table.reason(name), language)
            text = re.sub(r"\{(\w+):header\}", lambda match: table.header(match[1]), text)
            yield re.sub(r"'?\{\w+\}'?", "…", text)


def templates(language: str) -> Iterator[str]:
    """Yields the page with the header line of every table, to begin a file with."""
    yield _say(language, "# 表头模板", "# Header templates")
    yield _say(
        language,
        "新做一张表时，把下面的一行存为 `.csv` 的第一行，或贴进工作簿的第一行。必填的列在前，其余的可以删去；列的含义见"
        "[数据字典](dictionary.md)。已有的表不必改成这样：[mapping.toml](mapping.md) 写明哪里不同。",
        "To begin a new file, save one of these lines as the first line of a `.csv`, or paste it into the first row of "
        "a workbook. Required columns come first; the others may be removed. The [dictionary](dictionary.md) explains "
        "each column. Existing files need not change: a [mapping.toml](mapping.md) says where they differ.",
    )
    yield ""
    yield _say(
        language,
        "工作簿模板（下拉选项、日期和编码的格式、填写说明）一次全部写进文件夹 `templates`：",
        "Workbooks with drop-downs, formats for dates and codes, and a sheet of explanations, all at once into a folder "
        "`templates`:",
    )
    yield ""
    yield "```sh"
    yield "python -m etl templates --out templates"
    yield "```"
    for table in all_tables().values():
        columns = sorted(table.columns, key=lambda name, table=table: table.columns[name].nullable)
        required = sum(not column.nullable for column in table.columns.values())
        yield ""
        yield f"## {_heading(table, language)}"
        yield ""
        if table.name == "shapes":
            yield _say(
                language,
                "不是表格：以 `shapes.geojson` 报送（WGS84），每个要素的属性写 `area_code`（区划）或 `grid_code`（网格）。",
                "Not a table: sent as `shapes.geojson` (WGS84). The properties of each feature hold `area_code` (an area) "
                "or `grid_code` (a grid).",
            )
            continue
        yield _say(
            language,
            f"文件名如 `{table.title}.csv`；前 {required} 列必填。",
            f"Save it as `{table.title}.csv`, for example. The first {required} columns are required.",
        )
        yield ""
        yield "```csv"
        yield ",".join(table.header(name).split("/")[0] for name in columns)
        yield "```"


def metrics(language: str) -> Iterator[str]:
    """Yields the page of every metric, by folder."""
    files = [
        file
        for path, file in sorted(catalog.current_files().items())
        if path.startswith("metrics/") and isinstance(file, SqlFile)
    ]
    yield _say(language, "# 指标清单", "# List of metrics")
    yield _say(
        language,
        f"{len(files)} 个指标，每个是 `sql/metrics/` 里的一个文件。`direction` 是哪个方向好，`aggregation` 是时期里取"
        "最后一个月（`latest`）还是全部月份（`sum`、`ratio`），见[文件头](header-keys.md)。",
        f"{len(files)} metrics, each a file in `sql/metrics/`. `direction` says which way is better, `aggregation` "
        "whether a period takes its last month (`latest`) or all of them (`sum`, `ratio`): see "
        "[header keys](header-keys.md).",
    )
    for folder, group in groupby(files, key=lambda file: file.path.split("/")[1]):
        yield ""
        yield f"## {folder}"
        yield ""
        yield _row(
            _say(language, *pair)
            for pair in (
                ("名称", "Name"),
                ("标题", "Title"),
                ("unit", "unit"),
                ("direction", "direction"),
                ("aggregation", "aggregation"),
                ("口径", "Definition"),
            )
        )
        yield _rule(6)
        for file in group:
            note = getattr(Text.of(file.header.get("note", "")), language)
            keys = (file.header[key] for key in ("unit", "direction", "aggregation"))
            yield _row([f"`{file.name}`", getattr(file.title, language), *keys, note])


def environment(language: str) -> Iterator[str]:
    """Yields the page of environment variables."""
    yield _say(language, "# 环境变量", "# Environment variables")
    yield _say(
        language,
        "都可以不设。文件夹可写绝对路径或相对于启动时所在文件夹的路径；几台服务器共用一个看板时，各台设成一样。",
        "All are optional. A folder may be absolute, or relative to the folder the command starts in. Servers that "
        "share one dashboard must share the same values.",
    )
    for title, variables in (
        (Text("产品自己的", "Variables of the product"), VARIABLES),
        (Text("别的软件的", "Variables of other software"), OTHER_VARIABLES),
    ):
        yield ""
        yield f"## {getattr(title, language)}"
        yield ""
        yield _row(
            _say(language, *pair)
            for pair in (("变量", "Variable"), ("默认", "Default"), ("用途", "Use"), ("由谁读取", "Read by"))
        )
        yield _rule(4)
        for name, default, use, read_by in variables:
            yield _row(
                [
                    f"`{name}`",
                    getattr(default, language),
                    getattr(use, language),
                    f"`{read_by}`" if "/" in read_by else read_by,
                ]
            )


def dependencies(language: str) -> Iterator[str]:
    """Yields the page of the packages asked for by name, with the reason for each."""
    yield _say(language, "# 依赖", "# Dependencies")
    yield _say(
        language,
        "直接依赖和理由写在三个 `.in` 文件里；旁边的 `.txt` 是实际安装的：连同它们所需的全部，带校验值。`make lock` 由前者写出后者，"
        "`make sbom` 写出 `build/sbom.json`（CycloneDX，含许可），`make audit` 向 PyPI 查已知漏洞。",
        "Direct dependencies and their reasons are in three `.in` files. The `.txt` beside each is what gets installed: "
        "these packages and everything they need, pinned with hashes. `make lock` writes the latter from the former, "
        "`make sbom` writes `build/sbom.json` (CycloneDX, with licences), `make audit` asks PyPI for known "
        "vulnerabilities.",
    )
    for file, title in REQUIREMENTS.items():
        yield ""
        yield f"## {getattr(title, language)}"
        yield ""
        yield f"`{file}`"
        yield ""
        yield _row(_say(language, *pair) for pair in (("包", "Package"), ("版本", "Version"), ("为什么", "Reason")))
        yield _rule(3)
        for name, version, reason in packages(file):
            yield _row([f"`{name}`", version, _say(language, PACKAGES_ZH.get(name, reason), reason)])


def packages(file: str) -> Iterator[tuple[str, str, str]]:
    """Yields the packages that a .in file names, each with its version and its reason."""
    for line in (PROJECT / file).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([\w.-]+)(?:\[\w+\])?==(\S+)\s*#\s*(.+)", line):
            yield match[1].lower(), match[2], match[3]


# Typer's own options, which it describes in English alone.
_COMPLETION = {
    "--install-completion": Text("让当前 shell 补全命令和选项", "Have the current shell complete commands and options"),
    "--show-completion": Text("显示补全所用的脚本", "Show the script that completes them"),
}


class Command(NamedTuple):
    """Describes a command: its purpose, its parameters, each with its help, and its exit codes."""

    about: Text
    parameters: tuple[tuple[str, Text], ...]
    epilog: Text


@cache
def command_tree() -> tuple[tuple[tuple[str, Text], ...], dict[str, Command]]:
    """Returns the options before a command, and every command of `python -m etl` by its name."""
    return from_click(typer.main.get_command(app))


def from_click(group: Any) -> tuple[tuple[tuple[str, Text], ...], dict[str, Command]]:
    """Returns the options and commands of a click group whose help texts hold both languages as `中文 | English`."""
    with group.make_context("etl", [], resilient_parsing=True) as context:
        commands = {
            name: Command(
                Text.of(command.help or ""), _click_parameters(command, context), Text.of(command.epilog or "")
            )
            for name, command in group.commands.items()
        }
        return _click_parameters(group, context), commands


def _click_parameters(command: Any, context: Any) -> tuple[tuple[str, Text], ...]:
    records = [parameter.get_help_record(context) for parameter in command.params if not parameter.hidden]
    return tuple(
        (names.removesuffix(" <str>"), _COMPLETION.get(names) or _both(text)) for names, text in filter(None, records)
    )


def _both(text: str) -> Text:
    """Returns a help text in both languages, each with the default or the mark that click puts behind it."""
    match = re.fullmatch(r"(?P<said>.*?)(?P<mark>  \[[^\]]*\])?", text, re.DOTALL)
    said, mark = Text.of(match["said"]), match["mark"] or ""
    zh = mark.replace("default:", "默认").replace("required", "必填")
    return Text(said.zh + zh, said.en + mark)


def command_options() -> dict[str, set[str]]:
    """Returns the options of every command, those before it and `--help` included."""
    options, commands = command_tree()
    everywhere = {"--help", *_option_names(options)}
    return {name: everywhere | _option_names(command.parameters) for name, command in commands.items()}


def _option_names(parameters: tuple[tuple[str, Text], ...]) -> set[str]:
    return {name for names, _help in parameters for name in re.findall(r"--[\w-]+", names)}


def command_line(language: str) -> Iterator[str]:
    """Yields the page of commands and options."""
    options, commands = command_tree()
    yield _say(language, "# 命令行", "# Command line")
    yield _say(
        language,
        "`python -m etl <命令>`。命令行一次只说一种语言：由命令前的 `--lang zh` 或 `--lang en` 决定，不写则看系统区域设置"
        "（`LC_ALL`、`LC_MESSAGES`、`LANG`：zh 开头的是中文，否则英文）；JSON 和 CSV 两种语言一样。cron 和 systemd 里往往没有区域设置，"
        "就是英文：请在 crontab 里写 `--lang zh`，在 `/etc/linli.env` 里写 `LANG=zh_CN.UTF-8`。Ctrl-C 以 130 结束任何命令。`make setup` 还写出 `.venv/bin/linli`：同一个命令，在哪个文件夹都能用；`linli --install-completion` 让 shell 补全它的命令和选项。",
        "`python -m etl <command>`. The command line speaks one language: `--lang zh` or `--lang en` before the command, "
        "else that of the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`: zh… is Chinese, anything else English). JSON and CSV "
        "are the same in both. Under cron and systemd the locale is often unset, which is English: write `--lang zh` into "
        "the crontab, `LANG=zh_CN.UTF-8` into `/etc/linli.env`. Ctrl-C ends any command with 130. `make setup` also writes `.venv/bin/linli`, the same command for any folder; `linli --install-completion` has the shell complete its commands and options.",
    )
    if options:
        yield _say(language, "## 命令之前的选项", "## Options before the command")
        yield ""
        yield from _parameters(language, options)
    yield ""
    yield _say(language, "## 命令", "## Commands")
    yield ""
    yield _row([_say(language, "命令", "Command"), _say(language, "作用", "Does")])
    yield _rule(2)
    for name, command in commands.items():
        yield _row([f"[{name}](#{name})", getattr(command.about, language)])
    for name, command in commands.items():
        yield ""
        yield f"### {name}"
        yield ""
        yield getattr(command.about, language)
        yield ""
        yield from _parameters(language, command.parameters)
        if command.epilog.en:
            yield ""
            yield getattr(command.epilog, language)


def _parameters(language: str, parameters: tuple[tuple[str, Text], ...]) -> Iterator[str]:
    yield _row([_say(language, "选项", "Option"), _say(language, "说明", "Means")])
    yield _rule(2)
    for names, text in parameters:
        yield _row([f"`{names}`", getattr(text, language)])


PAGES: dict[str, Callable[[str], Iterator[str]]] = {
    "data/dictionary.md": dictionary,
    "data/templates.md": templates,
    "metrics/list.md": metrics,
    "operate/command-line.md": command_line,
    "operate/environment.md": environment,
    "operate/dependencies.md": dependencies,
}
# Pages written by hand, with a table in them that is generated.
PAGES_WITH_TABLES = ("guide/pages.md", "guide/meetings.md", "operate/access.md")


def pages() -> dict[str, str]:
    """Returns every page that is generated, or has a generated table, by its path below docs/, in both languages."""
    written = {}
    for path, page in PAGES.items():
        for language in LANGUAGES:
            lines = list(page(language))
            # A heading is followed by the notice and an empty line, a paragraph by another.
            head = [lines[0], "", getattr(NOTICE, language), "", lines[1], ""]
            rest = lines[2:]
            text = "\n".join([*head, *(rest[1:] if rest and not rest[0] else rest)]) + "\n"
            written[_in_language(path, language)] = text
    for path in PAGES_WITH_TABLES:
        for language in LANGUAGES:
            file = DOCS / _in_language(path, language)
            written[_in_language(path, language)] = reference_tables.insert(file.read_text(encoding="utf-8"), language)
    return written


def _in_language(path: str, language: str) -> str:
    return path if language == "en" else f"zh/{path}"


def _say(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def _row(cells: Iterator[str] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _rule(columns: int) -> str:
    return "| " + " | ".join(["---"] * columns) + " |"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    """Writes the generated pages."""
    for path, text in pages().items():
        file = DOCS / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
