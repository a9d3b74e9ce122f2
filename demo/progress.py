"""Shows a build as one line that is rewritten: the number of completed steps, and an estimate of the
remaining time.

Reads the output of ninja with NINJA_STATUS set to STATUS; lines that are not steps (a warning, an
error) are shown unchanged.
"""

import re
import sys

STATUS = "@%f %t %e@"
STEP = re.compile(r"^@ *(\d+) (\d+) ([\d.]+)@")
NOTHING = "ninja: no work to do."
CLEAR = "\r\x1b[K"
# Before that, the first steps do not allow an estimate.
SECONDS_TO_ESTIMATE = 10


def duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def about(seconds):
    """Rounds up, because an estimate that grows is worse than one that shrinks."""
    if seconds < 60:
        return "less than a minute"
    return f"about {-(-round(seconds) // 60)} min"


def describe(done, total, seconds):
    text = f"compiling: {done} of {total}, {duration(seconds)}"
    if seconds < SECONDS_TO_ESTIMATE or not 0 < done < total:
        return text
    return f"{text}; {about(seconds / done * (total - done))} left"


def show(lines, out):
    for line in lines:
        step = STEP.match(line)
        if step:
            out.write(CLEAR + describe(int(step[1]), int(step[2]), float(step[3])))
        elif line.strip() != NOTHING:
            out.write(CLEAR + line.rstrip("\n") + "\n")
        out.flush()
    out.write(CLEAR)
    out.flush()


if __name__ == "__main__":
    try:
        show(sys.stdin, sys.stderr)
    except KeyboardInterrupt:
        sys.exit(130)
