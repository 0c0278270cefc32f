"""Forms as a browser sends them."""

import html
import re
from urllib.parse import urlencode

EDGE = "----landtrack7MA4YWxkTrZu0gW"


def of_files(files, **fields):
    """Make a form with files: pairs of a name, as a browser writes it, and bytes."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, data in files:
        written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(
            f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{written}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode("utf-8", "surrogatepass")
            + data + b"\r\n"
        )
    return b"".join([*parts, f"--{EDGE}--\r\n".encode()])


def send_files(visitor, path, files, **fields):
    """Send files by a form."""
    return visitor.ask(
        path, "POST", body=of_files(files, **fields),
        Content_Type=f"multipart/form-data; boundary={EDGE}",
    )


def ended(visitor, path, fields=()):
    """Send a form that begins a job, wait for it, and give its page."""
    answer = send(visitor, path, fields)
    assert answer.status == 303, answer.seen
    return visitor.until_done(answer.headers["location"])


def send(visitor, path, fields=()):
    """Send a form without files: a mapping, or pairs of a name and a value."""
    return visitor.ask(
        path, "POST", body=urlencode(fields).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def inputs(page):
    """What a browser would send of the form of a part."""
    form = page.text.partition('<form id="part"')[2].partition("</form>")[0]
    found = {}
    for each in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', each), re.search(r' value="([^"]*)"', each)
        left = re.search('type="(checkbox|radio)"', each) and " checked" not in each
        if not left:
            found[name[1]] = html.unescape(value[1])
    for name, rest in re.findall(
        r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', rest)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, value in re.findall(
        r'<textarea [^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL
    ):
        found[name] = html.unescape(value)
    return found
