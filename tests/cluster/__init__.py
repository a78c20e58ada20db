"""Tests of monitor/cluster."""
