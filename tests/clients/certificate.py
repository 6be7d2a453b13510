"""A certificate that lives as long as the tests, and that only they trust."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Where the two halves of a certificate are, in PEM."""

    public: Path
    private: Path


def make_certificate(folder: Path, hosts: Iterable[str]) -> Certificate:
    """Make a certificate for the hosts that vouches for itself, with the `openssl` command."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    names = ",".join(f"DNS:{host}" for host in hosts)
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-noenc", "-days", "2", "-subj", "/CN=Tests of visitjoin"),
        *("-addext", f"subjectAltName={names}", "-addext", "extendedKeyUsage=serverAuth"),
        # Without it the stricter checks of Python 3.13 take no certificate that vouches.
        *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
        *("-out", str(made.public), "-keyout", str(made.private)),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return made
