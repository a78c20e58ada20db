"""Every route of the wall, and who is answered: the table of tests/wall/test_routes.py.

A route that has no line here fails the test: whoever adds one decides, here, who may use it.
"""

from monitor.access import Right
from monitor.wall.gate import PUBLIC

METRICS, VIEW, ACT, ADMINISTER = Right.METRICS, Right.VIEW, Right.ACT, Right.ADMINISTER
PERSONS = "persons"  # who has logged in, and nobody else

Need = tuple[Right | str, ...]

ROUTES: dict[str, Need] = {
    "GET /": (VIEW,),
    "GET /wall": (VIEW,),
    "GET /login": (PUBLIC,),
    "POST /login": (PUBLIC,),
    "POST /logout": (PUBLIC,),
    "GET /setup": (PUBLIC,),
    "POST /setup": (PUBLIC,),
    "GET /account": (VIEW, PERSONS),
    "POST /account": (VIEW, PERSONS),
    "GET /people": (ADMINISTER, PERSONS),
    "POST /people": (ADMINISTER, PERSONS),
    "GET /history": (VIEW,),
    "GET /incident/<incident>": (VIEW,),
    "GET /printer/<printer>": (VIEW,),
    "GET /report": (VIEW,),
    "GET /print.css": (VIEW,),
    "GET /api/incidents": (VIEW,),
    "GET /api/openapi.json": (VIEW,),
    "GET /api/printers": (VIEW,),
    "GET /printers": (ADMINISTER,),
    "POST /api/printers": (ADMINISTER,),
    "DELETE /api/printers/<printer>": (ADMINISTER,),
    "PUT /api/printers/<printer>/devices": (ADMINISTER,),
    "GET /api/printers/import.csv": (ADMINISTER,),
    "POST /api/printers/import": (ADMINISTER,),
    "POST /api/try/camera": (ADMINISTER,),
    "POST /api/try/control": (ADMINISTER,),
    "GET /api/printers/<printer>": (VIEW,),
    "POST /api/printers/<printer>/commands": (ACT,),
    "POST /api/rooms/<site>/<room>/touched": (ACT,),
    "GET /api/printers/<printer>/frames": (VIEW,),
    "GET /api/printers/<printer>/learned": (VIEW,),
    "DELETE /api/printers/<printer>/learned": (ADMINISTER,),
    "GET /api/printers/<printer>/scores": (VIEW,),
    "GET /api/printers/<printer>/series": (VIEW,),
    "GET /api/printers/<printer>/settings": (VIEW,),
    "PUT /api/printers/<printer>/settings": (ADMINISTER,),
    "GET /api/printers/<printer>/whatif": (VIEW,),
    "GET /api/history": (VIEW,),
    "GET /api/incidents.csv": (VIEW,),
    "GET /api/incidents/<incident>": (VIEW,),
    "GET /api/report": (VIEW,),
    "GET /api/report.csv": (VIEW,),
    "GET /api/version": (VIEW,),
    "POST /api/viewers/<viewer>": (VIEW,),
    "GET /evidence/<incident>.jpg": (VIEW,),
    "GET /evidence/<incident>/small.jpg": (VIEW,),
    "GET /frame/<printer>/<taken_at>.jpg": (VIEW,),
    "GET /picture/<printer>.jpg": (VIEW,),
    "GET /tile/<printer>.jpg": (VIEW,),
    "GET /stream": (VIEW,),
    "GET /metrics": (METRICS,),
    "GET /health": (PUBLIC,),
    "GET /static/<path:filename>": (PUBLIC,),
}
