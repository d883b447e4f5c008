"""The server's table of routes, as it prints it."""
import os
import subprocess
from collections import namedtuple

from harness.process import BUILD

Route = namedtuple("Route", "face method path roles act token stages")


def read_routes():
    text = subprocess.run([os.path.join(BUILD, "kairan-server"), "--routes"], check=True, capture_output=True,
                          text=True).stdout
    rows = [Route(*line.split("\t")) for line in text.splitlines()]
    return [row._replace(roles=set(row.roles.split(","))) for row in rows]


ROUTES = read_routes()
