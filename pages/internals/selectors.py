"""Lists what styles, scripts and tests select in the page that Streamlit, Plotly and deck.gl draw.

CSS and JavaScript cannot import these names. tests/pages/test_internals.py finds each name that they use here, and each
name here in the scripts of the front end, where it stands as its key, or as `in_bundle` where the front end puts it
together from parts.
"""

from __future__ import annotations

from typing import NamedTuple


class _Selector(NamedTuple):
    """Describes a name in the page: what it is expected to be, and its text in the front end's scripts, if another."""

    meaning: str
    in_bundle: str = ""


# Streamlit: values of `data-testid`.
TEST_IDS = {
    "stAlert": _Selector("a message of st.info, st.warning, st.error"),
    "stAlertContentError": _Selector("the text of st.error", "stAlertContent"),
    "stApp": _Selector("the whole app; has data-test-script-state"),
    "stButtonGroup": _Selector("st.pills and st.segmented_control; the chosen button has aria-checked"),
    "stCaptionContainer": _Selector("st.caption"),
    "stCode": _Selector("st.code; its words have the classes of Prism"),
    "stColumn": _Selector("a column of st.columns"),
    "stDataFrame": _Selector("st.dataframe and st.data_editor"),
    "stDeckGlJsonChart": _Selector("a map of st.pydeck_chart"),
    "stDownloadButton": _Selector("st.download_button"),
    "stElementContainer": _Selector("what surrounds each element"),
    "stElementToolbar": _Selector("the buttons above a chart, table or map"),
    "stHeader": _Selector("the bar at the top of the page"),
    "stHeadingWithActionElements": _Selector("a heading with its link"),
    "stHorizontalBlock": _Selector("the content of a horizontal container"),
    "stLayoutWrapper": _Selector("what surrounds each container"),
    "stMainBlockContainer": _Selector("the page without sidebar and header"),
    "stMarkdownContainer": _Selector("st.markdown, and labels"),
    "stMetricValue": _Selector("the number of st.metric"),
    "stPageLink": _Selector("st.page_link"),
    "stPlotlyChart": _Selector("a chart of st.plotly_chart"),
    "stPopover": _Selector("st.popover"),
    "stSidebar": _Selector("the sidebar"),
    "stSidebarContent": _Selector("the sidebar's header and content"),
    "stSidebarHeader": _Selector("the sidebar's header, above its content"),
    "stSidebarUserContent": _Selector("what pages draw in the sidebar"),
    "stSkeleton": _Selector("a placeholder of an element whose code is loading"),
    "stStatusWidget": _Selector("the mark of a running script"),
    "stTable": _Selector("st.table"),
    "stText": _Selector("st.text"),
    "stToolbar": _Selector("the buttons at the right end of the header"),
    "stVerticalBlock": _Selector("the content of a vertical container"),
}
# Streamlit: attributes, and the values that are read.
ATTRIBUTES = {
    "data-stale": _Selector("on an element that the current run has not drawn yet"),
    "data-test-script-state": _Selector("on stApp; scripts read it as dataset.testScriptState"),
}
SCRIPT_STATES = {
    "notRunning": _Selector("the last run has ended"),
    "rerunRequested": _Selector("the browser has asked for a run"),
    "running": _Selector("a run is being drawn"),
}
# Streamlit: the classes of containers with a key, those of Prism in st.code, and those of Markdown.
CLASSES = {
    "st-key-": _Selector("begins the class of a container or widget with a key"),
    "katex": _Selector("a formula in Markdown"),
    "token": _Selector("a word of highlighted code"),
    "comment": _Selector("a comment in it"),
    "function": _Selector("the name of a function in it"),
    "keyword": _Selector("a keyword in it"),
}
# Streamlit: variables of the theme, for components; the front end makes them from the names of the theme's colours.
VARIABLES = {
    "--st-background-color": _Selector("the page's background", "backgroundColor"),
    "--st-border-color": _Selector("the colour of borders", "borderColor"),
    "--st-border-color-light": _Selector("the colour of pale borders", "borderColorLight"),
    "--st-gray-text-color": _Selector("the colour of grey text", "grayTextColor"),
    "--st-link-color": _Selector("the colour of links", "linkColor"),
    "--st-primary-color": _Selector("the colour of what is chosen", "primaryColor"),
    "--st-text-color": _Selector("the colour of text", "textColor"),
}
# Plotly: the classes of a chart's parts, in the script that contains plotly.js.
CHART_CLASSES = {
    "annotation-text": _Selector("the text of an annotation"),
    "bars": _Selector("the bars of a trace", "trace bars"),
    "js-plotly-plot": _Selector("a chart"),
    "main-svg": _Selector("the drawing of a chart"),
    "modebar-btn": _Selector("a button of a chart's own toolbar"),
    "point": _Selector("a bar or point"),
    "xtick": _Selector("a label of the x axis", "_id+`tick`"),
}
# deck.gl: classes of a map's parts.
MAP_CLASSES = {"deck-tooltip": _Selector("the text beside the pointer on a map")}
