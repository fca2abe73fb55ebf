"""Write, as nginx's configuration, the headers of the page. Its policy names the hashes of the page's own scripts."""

import sys
from pathlib import Path

from roundtrip.operations.security_headers import of_a_page, of_any_answer

for name, value in of_a_page(Path(sys.argv[1]).read_bytes()):
    if name not in dict(of_any_answer()):  # every_answer.conf has those
        print(f'add_header {name} "{value}" always;')
