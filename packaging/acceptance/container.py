"""A complete Debian that boots in a container: created with debootstrap, run by systemd-nspawn; nsenter
runs commands in it.
"""

import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import time
import uuid

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
BARE_DEBIAN = pathlib.Path(__file__).resolve().parent.parent / "bare-debian"
NEEDED = ["debootstrap", "systemd-nspawn", "nsenter"]


class Failed(Exception):
    """A step did not find what it expected."""


class Unable(Exception):
    """A minimal Debian cannot be created, or does not boot, on this machine; the packages are
    not the cause.
    """


def missing():
    """Returns why no container can run here; empty if it can."""
    if os.geteuid() != 0:
        return "a container takes root"
    absent = [program for program in NEEDED if not shutil.which(program)]
    if absent:
        return f"not installed: {', '.join(absent)} (apt-get install debootstrap systemd-container)"
    if not os.access("/sys/fs/cgroup", os.R_OK) or not pathlib.Path("/proc/self/ns/pid").exists():
        return "no control groups or name spaces here"
    return ""


def host(*command, **how):
    done = subprocess.run([str(c) for c in command], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **how)
    if done.returncode != 0:
        raise Failed(f"`{' '.join(map(str, command))}` ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def possible(*command):
    try:
        host(*command)
    except Failed as e:
        raise Unable(str(e)) from e


def await_that(what, holds, seconds=30.0):
    """Polls until `holds` returns a true value, and returns that. Exceptions count as not yet true."""
    end = time.monotonic() + seconds
    last = ""
    while True:
        try:
            got = holds()
            if got:
                return got
        except (Failed, OSError) as e:
            last = f"\n{e}"
        if time.monotonic() > end:
            raise Failed(f"not within {seconds:.0f} s: {what}{last}")
        time.sleep(0.1)


def prepared_base(folder, codename, packages, extra):
    """Returns the cached tree of a release, with everything that the packages need in apt's cache, so that
    they can be installed without a network.
    @param packages  .deb files
    @param extra  names of Debian packages that are installed in addition
    """
    base = folder / f"{codename}-base"
    if not (folder / f"{codename}-base.complete").exists():
        print(f"      debootstrap {codename}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        possible(BARE_DEBIAN, codename, base, "systemd", "systemd-sysv", "dbus")
        (base / "var/log/journal").mkdir(exist_ok=True)
        (folder / f"{codename}-base.complete").touch()
    depends = "".join(host("dpkg-deb", "--field", deb, "Depends") for deb in packages) + " ".join(extra)
    wanted = hashlib.sha256(depends.encode()).hexdigest()
    known = folder / f"{codename}-base.depends"
    if not known.exists() or known.read_text() != wanted:
        print("      fetching what the packages depend on", flush=True)
        place = base / "root/packages"
        place.mkdir(exist_ok=True)
        names = [shutil.copy(deb, place) and f"/root/packages/{deb.name}" for deb in packages]
        inside = ["chroot", base, "env", "-i", *(f"{k}={v}" for k, v in ENVIRONMENT.items())]
        possible(*inside, "apt-get", "update")
        # Downloaded packages are kept, because a configuration file says so.
        (base / "etc/apt/apt.conf.d/99keep").write_text('APT::Keep-Downloaded-Packages "true";\n')
        host(*inside, "apt-get", "install", "-y", "--no-install-recommends", "--download-only", *extra, *names)
        shutil.rmtree(place)
        known.write_text(wanted)
    return base


class Container:
    """A container with its own copy of a tree.
    @param base  the tree that is copied
    @param tree  where the copy is stored; it is removed with the container
    """

    def __init__(self, base, tree):
        self.tree = tree
        self._log = tree.with_suffix(".console")
        shutil.rmtree(tree, ignore_errors=True)
        host("cp", "-a", "--reflink=auto", base, tree)
        (tree / "etc/hostname").write_text("accept\n")
        (tree / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 accept\n")
        (tree / "etc/machine-id").write_text(uuid.uuid4().hex + "\n")
        self._process = None

    def try_to_boot(self):
        """Boots for the first time, before any package under test is installed."""
        try:
            self.boot()
        except Failed as e:
            raise Unable(str(e)) from e

    def boot(self):
        with self._log.open("w") as log:
            # It has its own network, so the port of its broker is free, whatever runs on this host.
            self._process = subprocess.Popen(
                ["systemd-nspawn", f"--directory={self.tree}", "--boot", "--register=no", "--keep-unit",
                 "--console=read-only", "--private-network", f"--machine=mqcoap-accept-{os.getpid()}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        def up():
            return (self._process.poll() is not None
                    or self.ask("systemctl", "is-active", "multi-user.target").strip() == "active")
        await_that("the container has booted", up, 120)
        if self._process.poll() is not None:
            raise Failed(f"systemd-nspawn ended with {self._process.returncode}:\n{self.console()}")

    def reboot(self):
        self.ask("systemctl", "reboot")
        try:
            ended = self._process.wait(120)
        except subprocess.TimeoutExpired as late:
            raise Failed("the container did not go down within 120 s") from late
        # This status asks the process that started it, which is this program, to boot again.
        if ended != 133:
            raise Failed(f"systemd-nspawn ended with {ended}:\n{self.console()}")
        self.boot()

    def leader(self):
        """Returns the id on this host of the container's process 1."""
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in children:
            status = pathlib.Path(f"/proc/{child}/status").read_text()
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
            if numbers[-1] == "1" and len(numbers) > 2:
                return int(child)
        raise Failed("the container has no process 1")

    def _inside(self, command):
        return ["nsenter", f"--target={self.leader()}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--",
                "env", "-i", *(f"{k}={v}" for k, v in ENVIRONMENT.items()), *map(str, command)]

    def run(self, *command, input=None, seconds=120):
        """Returns the output of a command that must exit with 0."""
        done = self._done(command, input, seconds)
        if done.returncode != 0:
            raise Failed(f"`{' '.join(map(str, command))}` ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done.stdout

    def ask(self, *command, seconds=30):
        """Returns the output of a command, whatever its exit status is."""
        return self._done(command, None, seconds).stdout

    def _done(self, command, input, seconds):
        try:
            return subprocess.run(self._inside(command), text=True, input=input or "", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=seconds, errors="replace")
        except subprocess.TimeoutExpired as late:
            raise Failed(f"`{' '.join(map(str, command))}` did not end within {seconds} s") from late

    def path(self, inside):
        return self.tree / inside.lstrip("/")

    def install(self, *names, options=()):
        """Installs packages with apt, from files and from its cache, because there is no network."""
        self.run("apt-get", "install", "-y", "--no-install-recommends", *options, *names, seconds=300)

    def console(self):
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""

    def journal(self):
        if self._process is not None and self._process.poll() is None:
            return self.ask("journalctl", "--no-pager", "--boot", "--lines=150", "--output=short-precise")
        return self.console()

    def end(self):
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.tree, ignore_errors=True)
        self._log.unlink(missing_ok=True)
