#!/usr/bin/python3
"""Installs the packages in a new Debian that boots in a container, and checks what can happen to a service
over years: `./dev accept`. Every step waits for the expected result, until a deadline.

Exits with 0, with 1 after a failed step (after printing the container's journal), or with 77 if no
container can run here.
"""

import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

from container import Container, Failed, Unable, await_that, host, missing, prepared_base

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONFIG = "/etc/mqcoap/mqcoap.yaml"
DROP_INS = "/etc/systemd/system/mqcoapd.service.d"
NAMES = ["mqcoapd", "mqcoap", "libmqcoap1", "mqcoap-doc"]
# Files that package management and a running system write and nobody removes; they are not left by
# these packages.
NOISE = re.compile(
    r"^/(var/(lib/(apt|dpkg|systemd|dbus|pam|ucf)|cache|log|tmp)|root|etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$"
    r"|etc/(ld\.so\.cache|machine-id|resolv\.conf|mtab|\.pwd\.lock|\.updated)|usr/share/mime|var/(\.updated|lib/mosquitto/mosquitto\.db$))")
STEPS = []


def step(does):
    STEPS.append(does)
    return does


class World:
    """The container, and what the steps know about the service in it."""

    def __init__(self, container, packages):
        self.container = container
        self.packages = packages
        self.run = container.run
        self.before = set()
        # The current answer of ping.
        self.word = "pong"

    # ---- the service ----

    def property(self, name):
        return self.run("systemctl", "show", f"--property={name}", "--value", "mqcoapd").strip()

    def pid(self):
        return int(self.property("MainPID"))

    def await_active(self, seconds=30):
        await_that("mqcoapd is active", lambda: self.property("ActiveState") == "active", seconds)

    def restart(self):
        self.run("systemctl", "daemon-reload")
        self.run("systemctl", "restart", "mqcoapd")

    def drop_in(self, name, text):
        folder = self.container.path(DROP_INS)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.conf").write_text(text)

    def drop_no_more(self):
        shutil.rmtree(self.container.path(DROP_INS))

    # ---- its configuration ----

    def read_config(self):
        return self.container.path(CONFIG).read_text()

    def write_config(self, text):
        # Replaces the file with a new one, as editors do.
        path = self.container.path(CONFIG)
        new = path.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.rename(path)

    def edit_config(self, old, new):
        text = self.read_config()
        if old not in text:
            raise Failed(f"{CONFIG} has no {old!r}")
        self.write_config(text.replace(old, new))

    # ---- requests ----

    def request(self, path, method="GET", body=None, seconds=3):
        """Returns the answer's payload, as mosquitto's own tools send and show it, and the request's id."""
        request_id = self.run("cat", "/proc/sys/kernel/random/uuid").strip()
        topic = "gf_int_v1/any/{}/DEMO_XX_0_0001/" + request_id
        payload = (f'{{"header":{{"method":"{method}","path":"{path}","request_id":"{request_id}"}},'
                   + (f'"body":{body},' if body is not None else "")
                   + f'"timestamp":"{time.time_ns() // 1_000_000}"}}')
        answer = self.run("mosquitto_rr", "-W", seconds, "-t", topic.format("request"), "-e", topic.format("response"),
                          "-m", payload, seconds=seconds + 10)
        return answer, request_id

    def expect(self, path, code, words, **how):
        answer, request_id = self.request(path, **how)
        if f'"response_code":{code}' not in answer or words not in answer:
            raise Failed(f"{path}: expected {code} with {words!r}, got {answer!r}")
        return request_id

    def await_answer(self, seconds=30):
        await_that(f"ping is answered with {self.word!r}", lambda: self.expect("ping", 205, self.word), seconds)

    def journal_since(self, cursor, *matches):
        return self.container.ask("journalctl", "--no-pager", "--output=cat", f"--after-cursor={cursor}", *matches)

    def cursor(self):
        said = self.run("journalctl", "--lines=0", "--show-cursor", "--quiet")
        return said.split("-- cursor: ")[1].strip()

    def await_journal(self, cursor, words, *matches, seconds=30):
        await_that(f"the journal says {words!r}", lambda: re.search(words, self.journal_since(cursor, *matches)), seconds)

    def stored(self):
        """Returns the value that is preserved across restarts."""
        return self.run("mqcoap", "-o", "raw", "get", "KEPT_XX_0_0001/any/gains").strip()

    # ---- files ----

    def files(self):
        found = self.run("find", "/etc", "/usr", "/var", "/root", "/opt", "/srv", "-xdev", "-print").splitlines()
        return {name for name in found if not NOISE.match(name)}

    def install(self, packages, *options):
        place = self.container.path("/root/packages")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for package in packages:
            shutil.copy(package, place)
        self.container.install(*(f"/root/packages/{package.name}" for package in packages), options=options)


# ---- the steps ----------------------------------------------------------------------------------------------------


@step
def a_broker_of_the_distribution(w):
    w.container.install("mosquitto", "mosquitto-clients")
    await_that("mosquitto is active", lambda: w.run("systemctl", "is-active", "mosquitto").strip() == "active")
    w.before = w.files()


@step
def installed_and_active(w):
    w.install(w.packages)
    w.await_active()
    if w.run("systemctl", "is-enabled", "mqcoapd").strip() != "enabled":
        raise Failed("the service is not enabled")
    user = w.run("ps", "-o", "user=", "-p", w.pid()).strip()
    owner = w.run("stat", "--format=%U %a", "/var/lib/mqcoap").strip()
    if user != "mqcoap" or owner != "mqcoap 700":
        raise Failed(f"it runs as {user!r}, its state belongs to {owner!r}")


@step
def answers_a_request(w):
    w.await_answer()
    w.expect("gains", 205, "[0,1,2,3,4]")
    w.expect("gains", 204, "", method="PUT", body="[1,1,1,1,1]")
    w.expect("gains", 205, "[1,1,1,1,1]")


@step
def answers_the_command_line(w):
    said = w.run("mqcoap", "-o", "raw", "get", "DEMO_XX_0_0001/any/ping").strip()
    if said != "pong":
        raise Failed(f"mqcoap get ping: {said!r}")


@step
def journal_with_the_fields_of_a_request(w):
    w.edit_config("level: info", "level: debug")
    w.restart()
    w.await_answer()
    request_id = w.expect("firmware_version", 205, "")
    await_that("the journal finds the request by its id",
               lambda: "firmware_version" in w.container.ask("journalctl", "--no-pager", "--output=json",
                                                             f"MQCOAP_REQUEST_ID={request_id}"))
    w.edit_config("level: debug", "level: info")
    w.restart()
    w.await_answer()


@step
def reload_of_a_good_file(w):
    pid = w.pid()
    w.edit_config("reply: pong", "reply: changed")
    w.word = "changed"
    w.run("systemctl", "reload", "mqcoapd")
    w.await_answer()
    if w.pid() != pid:
        raise Failed("it was restarted, not reloaded")


@step
def reload_of_a_bad_file_changes_nothing(w):
    pid, cursor, good = w.pid(), w.cursor(), w.read_config()
    w.write_config(good.replace(f"reply: {w.word}", "reply: worse") + "\nnonsense: 1\n")
    # The exit status does not matter here: the signal was sent.
    w.container.ask("systemctl", "reload", "mqcoapd")
    w.await_journal(cursor, "nonsense", "--unit=mqcoapd")
    w.expect("ping", 205, w.word)
    if w.pid() != pid or w.property("ActiveState") != "active":
        raise Failed("a bad file ended the running gateway")
    w.write_config(good)


@step
def start_with_a_bad_file_is_refused_once(w):
    good = w.read_config()
    w.write_config(good + "\nnonsense: 1\n")
    w.container.ask("systemctl", "restart", "mqcoapd")
    await_that("the service has failed", lambda: w.property("ActiveState") == "failed")
    if w.property("ExecMainStatus") != "78" or w.property("NRestarts") != "0":
        raise Failed(f"status {w.property('ExecMainStatus')}, {w.property('NRestarts')} restarts")
    w.write_config(good)
    w.run("systemctl", "start", "mqcoapd")
    w.await_answer()


@step
def killed_and_restarted(w):
    pid = w.pid()
    w.run("kill", "-KILL", pid)
    await_that("another process runs", lambda: w.pid() not in (0, pid))
    w.await_active()
    w.await_answer()


@step
def what_persists_outlives_a_kill(w):
    w.container.path("/etc/mqcoap/conf.d/kept.yaml").write_text(
        "devices: {KEPT_XX_0_0001: {resources: {gains: {value: 0, methods: [GET, PUT], persist: true}}}}\n")
    w.run("systemctl", "reload", "mqcoapd")
    await_that("the value is there", lambda: w.stored() == "0")
    w.run("mqcoap", "put", "KEPT_XX_0_0001/any/gains", "7")
    pid = w.pid()
    w.run("kill", "-KILL", pid)
    await_that("another process runs", lambda: w.pid() not in (0, pid))
    w.await_active()
    w.await_answer()
    listed = w.run("mqcoap", "config", "state")
    if w.stored() != "7" or "KEPT_XX_0_0001/gains\tvalue\t1\t1\t" not in listed:
        raise Failed(f"the value is {w.stored()}, and {listed!r} is listed")
    w.run("mqcoap", "config", "state", "--backup", "/var/tmp/backup.db")


@step
def a_stuck_loop_is_restarted_by_the_watchdog(w):
    w.drop_in("watchdog", "[Service]\nWatchdogSec=3\n")
    w.restart()
    w.await_answer()
    pid, cursor = w.pid(), w.cursor()
    w.run("kill", "-STOP", pid)
    await_that("another process runs", lambda: w.pid() not in (0, pid), 60)
    w.await_journal(cursor, "(?i)watchdog timeout")
    w.await_active()
    w.await_answer()
    w.drop_no_more()
    w.restart()


@step
def broker_restarted(w):
    pid = w.pid()
    w.await_answer()
    w.run("systemctl", "restart", "mosquitto")
    w.await_answer(60)
    if w.pid() != pid:
        raise Failed("the gateway was restarted with the broker")


@step
def started_before_the_broker(w):
    w.run("systemctl", "stop", "mosquitto")
    w.run("systemctl", "restart", "mqcoapd")
    w.await_active()
    w.run("systemctl", "start", "mosquitto")
    w.await_answer(60)


@step
def a_packet_of_200_MB_harms_nobody(w):
    # mosquitto 2.1 accepts 2 MB by default.
    larger = w.container.path("/etc/mosquitto/conf.d/packets.conf")
    larger.write_text("max_packet_size 268435455\n")
    w.run("systemctl", "restart", "mosquitto")
    w.await_answer(60)
    topic = "gf_int_v1/any/request/DEMO_XX_0_0001/80dd2c51-6c15-4d52-90e6-6c5a6d9c7b0e"
    w.run("sh", "-c", f"head -c 200000000 /dev/zero | mosquitto_pub -q 1 -s -t {topic}")
    w.await_active()
    w.await_answer(60)
    peak = re.search(r"VmHWM:\s+(\d+) kB", w.run("cat", f"/proc/{w.pid()}/status"))
    if int(peak[1]) > 600_000:
        raise Failed(f"the daemon took {peak[1]} kB")
    larger.unlink()
    w.run("systemctl", "restart", "mosquitto")
    w.await_answer(60)


@step
def every_documented_drop_in(w):
    examples = w.container.path("/usr/share/doc/mqcoapd/examples")
    secret = w.container.path("/etc/mqcoap/credentials/lab-mqtt")
    secret.write_text("secret\n")
    secret.chmod(0o600)
    found = sorted(examples.glob("*.conf"))
    if not found:
        raise Failed("no drop-ins are installed")
    for example in found:
        w.drop_in(example.stem, example.read_text())
        w.restart()
        w.await_active()
        w.await_answer()
        w.drop_no_more()
    w.restart()


@step
def what_the_unit_forbids_is_told_at_the_start(w):
    local = w.container.path("/etc/mqcoap/conf.d/forbidden.yaml")
    local.write_text("""devices:
  FORBIDDEN_XX_0_0001:
    resources:
      uptime: {file: /proc/uptime, parse: {regex: "^([0-9.]+)", as: number}}
      setpoint: {file: {path: /srv/setpoint, methods: [GET, PUT]}}
      board: {line: "serial:///dev/ttyACM0", get: "VOLT?"}
      own: {exec: [/home/me/own]}
""")
    cursor = w.cursor()
    w.restart()
    w.await_active()
    for path, drop_in in (("uptime", "files"), ("setpoint", "files"), ("board", "serial"), ("own", "programs")):
        w.await_journal(cursor, rf"FORBIDDEN_XX_0_0001, {path}: the .* drop-in {drop_in}\.conf", "-u", "mqcoapd")
    w.drop_in("files", w.container.path("/usr/share/doc/mqcoapd/examples/files.conf").read_text())
    cursor = w.cursor()
    w.restart()
    w.await_active()
    w.await_answer()
    if "/proc/uptime" in w.journal_since(cursor, "-u", "mqcoapd"):
        raise Failed("with the drop-in files.conf, /proc/uptime is still told to be unreadable")
    w.drop_no_more()
    local.unlink()
    w.restart()


@step
def host_rebooted(w):
    w.container.reboot()
    w.await_active()
    w.await_answer()
    if w.stored() != "7":
        raise Failed(f"after a reboot the value is {w.stored()}")


@step
def upgrade_keeps_edits_and_state(w):
    pid = w.pid()
    state = w.container.path("/var/lib/mqcoap/kept")
    state.write_text("of the version before\n")
    w.edit_config("A device to try things on", "A device of ours")
    local = w.container.path("/etc/mqcoap/conf.d/local.yaml")
    local.write_text("devices: {LOCAL_0001: {resources: {ping: {reply: local}}}}\n")
    with tempfile.TemporaryDirectory() as folder:
        newer = [next_version(package, pathlib.Path(folder)) for package in w.packages]
        w.install(newer, "-o", "Dpkg::Options::=--force-confold")
    w.await_active()
    w.await_answer()
    said = w.run("mqcoap", "-o", "raw", "get", "LOCAL_0001/any/ping").strip()
    if said != "local" or w.pid() == pid or not state.exists():
        raise Failed(f"conf.d answers {said!r}; restarted: {w.pid() != pid}; state kept: {state.exists()}")
    if w.stored() != "7":
        raise Failed(f"after the upgrade the value is {w.stored()}")
    if "A device of ours" not in w.read_config():
        raise Failed("the edit of the configuration is lost")
    if "# of the next version" not in w.container.path(CONFIG + ".dpkg-dist").read_text():
        raise Failed("the new version's file is not beside the edited one")


@step
def removed(w):
    w.run("apt-get", "remove", "-y", *NAMES)
    await_that("nothing of it runs", lambda: not w.container.ask("pgrep", "-x", "mqcoapd").strip())
    kept = [CONFIG, "/etc/mqcoap/conf.d/local.yaml", "/etc/mqcoap/credentials/lab-mqtt", "/var/lib/mqcoap/kept",
            "/var/lib/mqcoap/state.db"]
    lost = [name for name in kept if not w.container.path(name).exists()]
    if lost:
        raise Failed(f"a removal took {lost}")
    if w.container.path("/usr/bin/mqcoapd").exists():
        raise Failed("the program is still there")


@step
def purged(w):
    # mqcoapd is the only package that has left files; its dependencies are removed as well.
    w.run("apt-get", "purge", "-y", "mqcoapd")
    w.run("apt-get", "autoremove", "--purge", "-y")
    after = w.files()
    left, taken = sorted(after - w.before), sorted(w.before - after)
    if left or taken:
        raise Failed(f"left behind: {left}; taken with it: {taken}")
    if w.run("systemctl", "is-active", "mosquitto").strip() != "active":
        raise Failed("the broker does not run any more")


def next_version(package, folder):
    """Returns the package with a higher version and a different configuration file."""
    tree = folder / package.stem
    host("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*)$", r"\1+next", control.read_text(), flags=re.MULTILINE))
    config = tree / CONFIG.lstrip("/")
    if config.exists():
        config.write_text(config.read_text() + "# of the next version\n")
        (tree / "DEBIAN/md5sums").unlink()
    made = folder / f"{package.stem}.next.deb"
    host("dpkg-deb", "--root-owner-group", "--build", tree, made)
    return made


# ---- running them -------------------------------------------------------------------------------------------------


def built_packages(folder):
    found = [next(folder.glob(f"{name}_*.deb"), None) for name in NAMES]
    if None in found:
        sys.exit(f"accept: no packages in {folder}; ./dev package builds them")
    return found


def show(name, began, outcome):
    print(f"{name.replace('_', ' '):<48} {outcome} ({time.monotonic() - began:.1f} s)", flush=True)


def run_steps(world, steps):
    for does in steps:
        began = time.monotonic()
        try:
            does(world)
        except (Failed, OSError) as e:
            show(does.__name__, began, "FAILED")
            print(f"\n{e}\n\n---- the container's journal ----\n{world.container.journal()}", flush=True)
            return 1
        show(does.__name__, began, "ok")
    return 0


def skip(why):
    print(f"accept: skipped: {why}")
    return 77


def main():
    arguments = argparse.ArgumentParser(prog="./dev accept", description=__doc__.splitlines()[0])
    arguments.add_argument("codename", nargs="?", default="bookworm", choices=["bookworm", "trixie", "forky"])
    arguments.add_argument("--only", nargs="+", metavar="STEP", choices=[s.__name__ for s in STEPS],
                           help="some of the steps; most of them need the first two")
    arguments.add_argument("--without", nargs="+", metavar="STEP", default=[], choices=[s.__name__ for s in STEPS],
                           help="all but these")
    arguments.add_argument("--packages", type=pathlib.Path, metavar="FOLDER",
                           help="where the packages are (default: build/package/CODENAME)")
    given = arguments.parse_args()
    why = missing()
    if why:
        return skip(why)
    packages = built_packages(given.packages or ROOT / "build/package" / given.codename)
    folder = ROOT / "build/accept"
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    try:
        base = prepared_base(folder, given.codename, packages, ["mosquitto", "mosquitto-clients", "procps"])
        container = Container(base, folder / f"{given.codename}-{os.getpid()}")
    except Unable as e:
        return skip(e)
    except Failed as e:
        print(f"accept: {e}")
        return 1
    try:
        container.try_to_boot()
        show("booted", began, "ok")
        container.install("procps")
        status = run_steps(World(container, packages), [s for s in STEPS if s.__name__ not in given.without
                                                        and (not given.only or s.__name__ in given.only)])
    except Unable as e:
        return skip(e)
    except Failed as e:
        print(f"accept: {e}\n{container.journal()}")
        status = 1
    finally:
        container.end()
    print(f"\n{given.codename}: {'accepted' if status == 0 else 'not accepted'} in {time.monotonic() - began:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
