"""Separates signal from noise: control limits over months, and funnel limits between areas."""
