"""Placeholder."""

from seatsync.ui.frame import frame

desk = frame("push")
