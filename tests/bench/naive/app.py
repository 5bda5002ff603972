"""Draws the baseline page in plain Streamlit, as a first draft would: four numbers, a line, bars, a table, a filter."""

import os

import duckdb
import plotly.express as px
import streamlit as st

st.set_page_config(layout="wide")


@st.cache_data
def query(sql: str, county: str):
    where, values = ("", []) if county == "all" else ("where county = ?", [county])
    with duckdb.connect(os.environ["NAIVE_DATABASE"], read_only=True) as connection:
        return connection.execute(sql.format(where=where), values).df()


counties = query("select distinct county from requests {where} order by county", "all")["county"].to_list()
county = st.selectbox("County", ["all", *counties])
totals = query(
    "select count(*) as raised, 100.0 * avg(is_resolved::int) as resolved, "
    "100.0 * avg((closed_at <= due_at)::int) as on_time, avg(satisfaction) as satisfaction from requests {where}",
    county,
).iloc[0]
st.title("Requests")
for column, (label, value) in zip(st.columns(4), totals.items(), strict=True):
    column.metric(label, f"{value:,.2f}")
left, right = st.columns(2)
by_month = "select date_trunc('month', raised_at) as month, count(*) as requests from requests {where} group by month order by month"
left.plotly_chart(px.line(query(by_month, county), x="month", y="requests"))
by_community = (
    "select community, count(*) as requests from requests {where} group by community order by requests desc limit 20"
)
right.plotly_chart(px.bar(query(by_community, county), x="requests", y="community", orientation="h"))
st.dataframe(query("select * from requests {where} order by raised_at desc limit 20", county))
