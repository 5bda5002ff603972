"""Decides who may see which rows, and rounds or redacts what leaves the office. Escapes text written by people."""
