"""Certificates for a test, created with the openssl program."""

import collections
import pathlib
import subprocess
import tempfile

Identity = collections.namedtuple("Identity", "cert key")


class Authority:
    """Signs certificates. Its files are deleted with it."""

    def __init__(self, name="test authority"):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-certificates-")
        self._count = 0
        own = self._new_identity()
        self._openssl(*self._request(own.key, name), "-x509", "-days", "30", "-out", own.cert)
        self._own = own

    @property
    def file(self):
        return self._own.cert

    def issue(self, names):
        """Issues a certificate. @param names  e.g. `DNS:localhost,IP:127.0.0.1`"""
        made, asked = self._asked_for(names)
        sign = ["x509", "-req", "-in", asked, "-CA", self._own.cert, "-CAkey", self._own.key, "-CAcreateserial"]
        self._openssl(*sign, "-days", 30, "-copy_extensions", "copy", "-out", made.cert)
        return made

    def issue_expired(self, names):
        """Issues a certificate that expired years ago."""
        made, asked = self._asked_for(names)
        # `x509` of OpenSSL 3.0 accepts no dates, and `x509` of 3.5 accepts no period that ends
        # before it begins.
        database, config = self._new_file(), self._new_file()
        pathlib.Path(database).write_text("")
        pathlib.Path(config).write_text(
            f"[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = {self._folder.name}\ndatabase = {database}\n"
            "rand_serial = yes\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\n"
            "[any]\ncommonName = supplied\n")
        sign = ["ca", "-batch", "-notext", "-config", config, "-cert", self._own.cert, "-keyfile", self._own.key]
        dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"]
        self._openssl(*sign, *dates, "-in", asked, "-out", made.cert)
        return made

    def close(self):
        self._folder.cleanup()

    def _asked_for(self, names):
        made = self._new_identity()
        asked = self._new_file()
        self._openssl(*self._request(made.key, "test"), "-addext", f"subjectAltName={names}", "-out", asked)
        return made, asked

    def _new_file(self):
        self._count += 1
        return str(pathlib.Path(self._folder.name) / f"{self._count}.pem")

    def _new_identity(self):
        return Identity(self._new_file(), self._new_file())

    @staticmethod
    def _request(key, name):
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        return ["req", *curve, "-nodes", "-subj", f"/CN={name}", "-keyout", key]

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
