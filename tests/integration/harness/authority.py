"""Certificates of a test's own, made by the openssl program."""

import collections
import pathlib
import subprocess
import tempfile

Identity = collections.namedtuple("Identity", "cert key")


class Authority:
    """Signs certificates; its files go with it."""

    def __init__(self, name="test authority"):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-certificates-")
        self._count = 0
        own = self._new_identity()
        self._openssl(*self._request(own.key, name), "-x509", "-days", "30", "-out", own.cert)
        self._own = own

    @property
    def file(self):
        return self._own.cert

    def issue(self, names, days=30):
        """@param names  `DNS:localhost,IP:127.0.0.1`
        @param days  until it expires; -1: it has
        """
        made = self._new_identity()
        asked = self._new_file()
        self._openssl(*self._request(made.key, "test"), "-addext", f"subjectAltName={names}", "-out", asked)
        sign = ["x509", "-req", "-in", asked, "-CA", self._own.cert, "-CAkey", self._own.key, "-CAcreateserial"]
        self._openssl(*sign, "-days", days, "-copy_extensions", "copy", "-out", made.cert)
        return made

    def close(self):
        self._folder.cleanup()

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
