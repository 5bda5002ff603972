"""Lists what styles, scripts and tests select in the page that Streamlit, Plotly and deck.gl draw.

CSS and JavaScript cannot import these names. tests/pages/test_internals.py finds each name that they use here, and each
name here in the scripts of the front end, where it stands as its key, or as `in_bundle` where the front end puts it
together from parts.
"""

from __future__ import annotations

from typing import NamedTuple


class Selector(NamedTuple):
    """Describes a name in the page: what it is expected to be, and its text in the front end's scripts, if another."""

    meaning: str
    in_bundle: str = ""


# Streamlit: values of `data-testid`.
TEST_IDS = {
    "stAlert": Selector("a message of st.info, st.warning, st.error"),
    "stAlertContentError": Selector("the text of st.error", "stAlertContent"),
    "stApp": Selector("the whole app; has data-test-script-state"),
    "stButtonGroup": Selector("st.pills and st.segmented_control; the chosen button has aria-checked"),
    "stCaptionContainer": Selector("st.caption"),
    "stCode": Selector("st.code; its words have the classes of Prism"),
    "stColumn": Selector("a column of st.columns"),
    "stDataFrame": Selector("st.dataframe and st.data_editor"),
    "stDeckGlJsonChart": Selector("a map of st.pydeck_chart"),
    "stDownloadButton": Selector("st.download_button"),
    "stElementContainer": Selector("what surrounds each element"),
    "stElementToolbar": Selector("the buttons above a chart, table or map"),
    "stHeader": Selector("the bar at the top of the page"),
    "stHeadingWithActionElements": Selector("a heading with its link"),
    "stHorizontalBlock": Selector("the content of a horizontal container"),
    "stLayoutWrapper": Selector("what surrounds each container"),
    "stMainBlockContainer": Selector("the page without sidebar and header"),
    "stMarkdownContainer": Selector("st.markdown, and labels"),
    "stMetricValue": Selector("the number of st.metric"),
    "stPageLink": Selector("st.page_link"),
    "stPlotlyChart": Selector("a chart of st.plotly_chart"),
    "stPopover": Selector("st.popover"),
    "stSidebar": Selector("the sidebar"),
    "stSidebarContent": Selector("the sidebar's header and content"),
    "stSidebarHeader": Selector("the sidebar's header, above its content"),
    "stSidebarUserContent": Selector("what pages draw in the sidebar"),
    "stSkeleton": Selector("a placeholder of an element whose code is loading"),
    "stStatusWidget": Selector("the mark of a running script"),
    "stTable": Selector("st.table"),
    "stText": Selector("st.text"),
    "stToolbar": Selector("the buttons at the right end of the header"),
    "stVerticalBlock": Selector("the content of a vertical container"),
}
# Streamlit: attributes, and the values that are read.
ATTRIBUTES = {
    "data-stale": Selector("on an element that the current run has not drawn yet"),
    "data-test-script-state": Selector("on stApp; scripts read it as dataset.testScriptState"),
}
SCRIPT_STATES = {
    "notRunning": Selector("the last run has ended"),
    "rerunRequested": Selector("the browser has asked for a run"),
    "running": Selector("a run is being drawn"),
}
# Streamlit: the classes of containers with a key, and those of Prism in st.code.
CLASSES = {
    "st-key-": Selector("begins the class of a container or widget with a key"),
    "token": Selector("a word of highlighted code"),
    "comment": Selector("a comment in it"),
    "function": Selector("the name of a function in it"),
    "keyword": Selector("a keyword in it"),
}
# Streamlit: variables of the theme, for components; the front end makes them from the names of the theme's colours.
VARIABLES = {
    "--st-background-color": Selector("the page's background", "backgroundColor"),
    "--st-border-color": Selector("the colour of borders", "borderColor"),
    "--st-border-color-light": Selector("the colour of pale borders", "borderColorLight"),
    "--st-gray-text-color": Selector("the colour of grey text", "grayTextColor"),
    "--st-link-color": Selector("the colour of links", "linkColor"),
    "--st-primary-color": Selector("the colour of what is chosen", "primaryColor"),
    "--st-text-color": Selector("the colour of text", "textColor"),
}
# Plotly: the classes of a chart's parts, in the script that contains plotly.js.
CHART_CLASSES = {
    "annotation-text": Selector("the text of an annotation"),
    "bars": Selector("the bars of a trace", "trace bars"),
    "js-plotly-plot": Selector("a chart"),
    "main-svg": Selector("the drawing of a chart"),
    "modebar-btn": Selector("a button of a chart's own toolbar"),
    "point": Selector("a bar or point"),
    "xtick": Selector("a label of the x axis", "_id+`tick`"),
}
# deck.gl: classes of a map's parts.
MAP_CLASSES = {"deck-tooltip": Selector("the text beside the pointer on a map")}
