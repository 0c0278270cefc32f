"""Signatures: made of what was issued, read by OpenSSL too, and no change after it stays unseen."""

import datetime as dt
import hashlib
import importlib.util
import io
import os
import re
import shutil
import socket
import subprocess
import zipfile

import authority
import pikepdf
import pytest
from authority import PASSWORD, holder
from click.testing import CliRunner
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from sheets import SIGNED, copied, make_store, printed

from landtrack.app import package, sign_file, verify_file, vet
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.model.errors import OutputError, SourceError
from landtrack.output import signing
from landtrack.output.sheets import verify
from landtrack.output.sheets.make import Order
from landtrack.output.signing import Fault, Trust
from landtrack.store import assessment

WORDS = translations.load("en")
ROOT = holder("Root", authority=True)
BUREAU = holder("Bureau", ROOT, authority=True)
PERSON = holder("张三", BUREAU)
CHECKER = holder("李四", BUREAU, curve=True)
CLOCK = holder("Clock", ROOT, usages=("digital_signature",), stamps=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def sheet(store):
    return printed(store, "parcel", "plots:A").pdf


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with keys and the certificate of the authority."""
    made = tmp_path_factory.mktemp("keys")
    (made / "person.p12").write_bytes(PERSON.p12())
    (made / "checker.pfx").write_bytes(CHECKER.p12())
    (made / "root.pem").write_bytes(ROOT.pem)
    return made


@pytest.fixture(scope="module")
def trusted(folder):
    return signing.trusting([folder / "root.pem"])


def key(who):
    """Open the key of somebody, whatever his certificate says."""
    return signers.SimpleSigner.load_pkcs12_data(who.p12(), [], PASSWORD.encode())


@pytest.fixture(scope="module")
def signed(sheet):
    return signing.sign(sheet, key(PERSON), "checked")


def only(found):
    (one,) = found.signatures
    return one


def openssl(folder, data, cms):
    """Ask OpenSSL whether a signature is of the data, and of the chain up to the root."""
    for name, held in {"data": data, "cms": cms, "root.pem": ROOT.pem}.items():
        (folder / name).write_bytes(held)
    return called("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms",
                  "-content", "data", "-CAfile", "root.pem", "-purpose", "any", "-out", "same",
                  cwd=folder)


def called(program, *arguments, cwd=None):
    """Call a program; give its exit status."""
    return subprocess.run(  # noqa: S603  named above
        [shutil.which(program), *arguments], cwd=cwd, capture_output=True, check=False
    ).returncode


def covered(pdf):
    """Read what a signature of a PDF covers, and the signature, by the offsets that it states."""
    *_, found = re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", pdf)
    start, length, second, rest = (int(each) for each in found.groups())
    said = pdf[start + length:second].strip(b"<>")
    cms = bytes.fromhex(said.decode())
    size = 4 + int.from_bytes(cms[2:4], "big")  # DER: what follows is padding
    return pdf[start:start + length] + pdf[second:second + rest], cms[:size]


def test_what_was_issued_stays_in_the_signed_file_byte_for_byte(sheet, signed):
    assert signed.startswith(sheet)
    assert signing.issued(signed) == sheet


@pytest.mark.parametrize("who", [PERSON, CHECKER], ids=["RSA", "ECDSA"])
def test_openssl_holds_the_signature_of_a_sheet(sheet, tmp_path, who):
    made = signing.sign(sheet, key(who))
    data, cms = covered(made)

    assert len(data) + made[len(sheet):].index(b"/Contents") > len(sheet)
    assert openssl(tmp_path, data, cms) == 0
    assert openssl(tmp_path, data.replace(b"%PDF-1.", b"%PDF-2.", 1), cms) != 0


def test_it_says_who_signed_when_by_which_chain_and_whether_it_is_trusted(signed, trusted):
    known = only(verify.pdf(signed, WORDS, trusted=trusted))
    unknown = only(verify.pdf(signed, WORDS))

    assert (known.by, known.chain) == ("张三, 测绘院", ("Bureau, 测绘院", "Root, 测绘院"))
    assert (unknown.by, unknown.chain) == (known.by, known.chain)
    assert abs(known.at - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    assert (known.reason, known.trust, known.holds) == ("checked", Trust.TRUSTED, True)
    assert (unknown.trust, unknown.holds, unknown.faults) == (Trust.UNASKED, False, ())


def test_a_signed_sheet_is_still_the_one_in_the_register(store, tmp_path):
    own = copied(store, tmp_path / "own")
    made = signing.sign(printed(own, "parcel", "plots:A").pdf, key(PERSON))

    assert verify.pdf(made, WORDS, assessment.load(own))[1:3] == ([], [])


def test_two_persons_sign_one_after_the_other(signed, trusted):
    both = signing.sign(signed, key(CHECKER), "approved")

    found = verify.pdf(both, WORDS, trusted=trusted)

    assert [(each.by, each.holds) for each in found.signatures] == [
        ("张三, 测绘院", True), ("李四, 测绘院", True),
    ]
    assert found.faults == []


def painting(writer, page=0):
    """Paint over a page, as another program that appends its changes."""
    held = writer.root["/Pages"]["/Kids"][page].get_object()
    over = writer.add_object(generic.StreamObject(stream_data=b"1 g 0 0 300 300 re f\n"))
    old = held.raw_get("/Contents")
    known = old.get_object()
    held["/Contents"] = generic.ArrayObject([
        *(known if isinstance(known, generic.ArrayObject) else [old]), over,
    ])
    writer.update_container(held)


def noting(writer, page=0):
    """Lay a note over a figure."""
    held = writer.root["/Pages"]["/Kids"][page].get_object()
    note = writer.add_object(generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 100, 200, 120))),
        pdf_name("/Contents"): generic.pdf_string("12 000 m²"), pdf_name("/F"):
        generic.NumberObject(4), pdf_name("/DA"): generic.pdf_string("/Helv 12 Tf 0 g"),
    }))
    held["/Annots"] = generic.ArrayObject([*held.get("/Annots", ()), note])
    writer.update_container(held)


def running(writer, page=0):  # noqa: ARG001  as its like
    """Let a viewer run something when the file is opened."""
    writer.root["/OpenAction"] = generic.DictionaryObject({
        pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("1"),
    })
    writer.update_root()


def turning(writer, page=0):
    held = writer.root["/Pages"]["/Kids"][page].get_object()
    held["/Rotate"] = generic.NumberObject(180)
    writer.update_container(held)


def cropping(writer, page=0):
    held = writer.root["/Pages"]["/Kids"][page].get_object()
    held["/CropBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))
    writer.update_container(held)


CHANGES = [painting, noting, running, turning, cropping]


def appended(pdf, change):
    """Change a PDF by an update behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def packed_anew(pdf, change):
    """Change a PDF and write it anew, as most programs do."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(made, static_id=True)
    return made.getvalue()


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_after_a_signature_is_told(signed, trusted, change):
    found = verify.pdf(appended(signed, change), WORDS, trusted=trusted)

    assert Fault.CHANGED in only(found).faults
    assert not only(found).holds
    assert found.faults


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_before_a_signature_is_told_though_the_signature_covers_it(
    sheet, trusted, change
):
    found = verify.pdf(signing.sign(appended(sheet, change), key(PERSON)), WORDS, trusted=trusted)

    assert found.faults


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_between_two_signatures_is_told(signed, trusted, change):
    made = signing.sign(appended(signed, change), key(CHECKER))

    assert verify.pdf(made, WORDS, trusted=trusted).faults


def painted(document):
    document.pages[0].contents_add(b"1 g 0 0 300 300 re f", prepend=False)


def test_a_sheet_that_was_painted_over_written_anew_and_then_signed_is_told(sheet, trusted):
    made = signing.sign(packed_anew(sheet, painted), key(PERSON))

    assert any("painted over" in each for each in verify.pdf(made, WORDS, trusted=trusted).faults)


def test_a_signed_sheet_that_was_written_anew_has_no_signature_that_holds(signed, trusted):
    found = verify.pdf(packed_anew(signed, lambda _: None), WORDS, trusted=trusted)

    assert found.faults
    assert not any(each.holds for each in found.signatures)


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
def test_a_byte_that_was_changed_in_what_is_signed_is_told(sheet, signed, trusted, at):
    place = int(len(sheet) * at)
    made = bytearray(signed)
    made[place] ^= 1

    try:
        found = verify.pdf(bytes(made), WORDS, trusted=trusted)
    except SourceError:
        return  # damaged beyond reading: that is told, too
    assert Fault.ALTERED in only(found).faults


def test_a_byte_that_was_changed_in_the_signature_is_told(sheet, signed, trusted):
    start = signed.index(b"/Contents", len(sheet)) + 400
    made = bytearray(signed)
    made[start] = ord("0") if made[start] != ord("0") else ord("1")

    try:
        found = verify.pdf(bytes(made), WORDS, trusted=trusted)
    except SourceError:
        return
    assert not any(each.holds for each in found.signatures)
    assert found.faults


def test_a_signature_that_is_drawn_over_a_figure_is_told(sheet, trusted):
    writer = IncrementalPdfFileWriter(io.BytesIO(sheet))
    fields.append_signature_field(writer, fields.SigFieldSpec("x", box=(100, 100, 300, 200)))
    made = signers.sign_pdf(
        writer, signers.PdfSignatureMetadata(field_name="x"), signer=key(PERSON)
    ).getvalue()

    found = verify.pdf(made, WORDS, trusted=trusted)

    assert Fault.DRAWN in only(found).faults
    assert any("painted over" in each for each in found.faults)


def test_a_signature_that_leaves_bytes_of_the_file_out_is_told(signed, trusted):
    """Between its two ranges lies more than the signature: what stands there may be anything."""
    *_, found = re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", signed)
    _, length, second, rest = (int(each) for each in found.groups())
    ranges = b"/ByteRange [0 %d %d %d" % (length, second + 8, rest - 8)
    made = signed[:found.start()] + ranges.ljust(found.end() - found.start()) + signed[found.end():]
    data = made[:length] + made[second + 8:second + rest]
    cms = signing.sign_detached(data, key(PERSON)).hex().encode()
    made = made[:length] + b"<" + cms.ljust(second - length - 2, b"0") + b">" + made[second:]

    looked = only(verify.pdf(made, WORDS, trusted=trusted))

    assert Fault.PARTLY in looked.faults
    assert not looked.holds


UNSEEN = {
    pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/Subtype"): pdf_name("/Widget"),
    pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(0)] * 4),
}
FIELDS = {
    "a field to fill": ({pdf_name("/FT"): pdf_name("/Tx")}, {}),
    "a field that does something": (
        {**UNSEEN, pdf_name("/AA"): generic.DictionaryObject()}, {}
    ),
    "a form of another kind": (UNSEEN, {pdf_name("/XFA"): generic.pdf_string("<x/>")}),
}


@pytest.mark.parametrize("named", FIELDS)
def test_a_form_that_holds_more_than_signatures_is_told(sheet, trusted, named):
    stated, more = FIELDS[named]

    def field(writer):
        form = generic.DictionaryObject({**more, pdf_name("/Fields"): generic.ArrayObject([
            writer.add_object(generic.DictionaryObject({
                **stated, pdf_name("/T"): generic.pdf_string("area"),
            }))
        ])})
        writer.root["/AcroForm"] = writer.add_object(form)
        writer.update_root()

    made = signing.sign(appended(sheet, field), key(PERSON))

    assert any("AcroForm" in each for each in verify.pdf(made, WORDS, trusted=trusted).faults)


def test_somebody_of_the_same_name_from_another_authority_is_not_trusted(sheet, trusted):
    false_root = holder("Root", authority=True)
    false = holder("张三", holder("Bureau", false_root, authority=True))

    found = verify.pdf(signing.sign(sheet, key(false)), WORDS, trusted=trusted)

    assert only(found).by == "张三, 测绘院"
    assert only(found).trust is Trust.OTHERS
    assert any("does not end at an authority" in each for each in found.faults)


def test_a_certificate_that_may_not_vouch_vouches_for_nobody(sheet, trusted):
    false = holder("局长", PERSON)  # 张三 is no authority, but signs a certificate

    assert only(verify.pdf(signing.sign(sheet, key(false)), WORDS, trusted=trusted)).trust is (
        Trust.OTHERS
    )


def test_a_signature_of_a_certificate_that_has_run_out_is_told(sheet, trusted):
    late = signing.sign(sheet, key(holder("张三", BUREAU, days=(-9, -2))))

    found = only(verify.pdf(late, WORDS, trusted=trusted))

    assert Fault.OUT_OF_TIME in found.faults
    assert not found.holds


def test_a_time_stamp_says_that_it_was_signed_before_the_certificate_ran_out(sheet, trusted):
    """The signer's certificate ended two days ago; the authority certifies the day before."""
    then = authority.NOW - dt.timedelta(days=3)
    with authority.served(stamps_of=CLOCK, at=then) as address:
        stamp = signing.Stamp(address=f"{address}/time")
        made = signing.sign(sheet, key(holder("张三", BUREAU, days=(-9, -2))), stamp=stamp)

    found = only(verify.pdf(made, WORDS, trusted=trusted))

    assert found.trust is Trust.TRUSTED
    assert (found.stamped_by, found.stamped) == ("Clock, 测绘院", then)


def test_a_time_stamp_of_nobody_we_know_does_not_turn_back_the_clock(sheet, trusted):
    own = holder("Clock", usages=("digital_signature",), stamps=True)
    with authority.served(stamps_of=own, at=authority.NOW - dt.timedelta(days=3)) as address:
        made = signing.sign(
            sheet, key(holder("张三", BUREAU, days=(-9, -2))),
            stamp=signing.Stamp(address=f"{address}/time"),
        )

    assert only(verify.pdf(made, WORDS, trusted=trusted)).trust is Trust.EXPIRED


def test_a_time_stamp_of_another_signature_is_told(sheet, trusted, monkeypatch):
    other = hashlib.sha256(b"another signature").digest()
    stamped = DummyTimeStamper._build_tst_info

    def of_another(self, imprint, *rest):
        imprint["hashed_message"] = other
        return stamped(self, imprint, *rest)

    monkeypatch.setattr(DummyTimeStamper, "_build_tst_info", of_another)
    with authority.served(stamps_of=CLOCK) as address:
        made = signing.sign(sheet, key(PERSON), stamp=signing.Stamp(address=f"{address}/time"))

    assert Fault.TIME_BROKEN in only(verify.pdf(made, WORDS, trusted=trusted)).faults


def test_a_time_stamp_is_told_with_who_certifies_it(sheet, trusted, tmp_path, folder):
    with authority.served(stamps_of=CLOCK) as address:
        made = signing.sign(sheet, key(PERSON), stamp=signing.Stamp(address=f"{address}/time"))
    (tmp_path / "sheet.pdf").write_bytes(made)

    assert only(verify.pdf(made, WORDS, trusted=trusted)).holds
    said = typed("verify", tmp_path / "sheet.pdf", "--trust", folder / "root.pem", "--lang", "en")
    assert said.exit_code == 0, said.output
    assert "certified by Clock, 测绘院" in said.output


def test_what_proves_a_signature_is_kept_in_the_file_and_asked_for_no_more(sheet, monkeypatch):
    pages = {}
    with authority.served(pages, stamps_of=CLOCK) as address:
        root = holder("Root 2", authority=True)
        bureau = holder("Bureau 2", root, authority=True, crl=f"{address}/root.crl")
        person = holder("王五", bureau, crl=f"{address}/bureau.crl")
        pages |= {"/root.crl": root.revoked(), "/bureau.crl": bureau.revoked()}
        trust = signing.Trusted(tuple(as_read(root) + as_read(ROOT)))
        made = signing.sign(sheet, key(person), stamp=signing.Stamp(
            address=f"{address}/time", long_term=True, trusted=trust
        ))
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it asks the net"))

    found = verify.pdf(made, WORDS, trusted=trust)

    assert only(found).holds
    assert found.faults == []
    with pikepdf.open(io.BytesIO(made)) as document:
        assert len(document.Root["/DSS"]["/CRLs"]) == 2


def test_a_revoked_certificate_signs_nothing_for_long(sheet):
    pages = {}
    with authority.served(pages, stamps_of=CLOCK) as address:
        bureau = holder("Bureau 3", ROOT, authority=True)
        person = holder("王五", bureau, crl=f"{address}/bureau.crl")
        pages["/bureau.crl"] = bureau.revoked(person)
        with pytest.raises(OutputError, match="cannot be made"):
            signing.sign(sheet, key(person), stamp=signing.Stamp(
                address=f"{address}/time", long_term=True,
                trusted=signing.Trusted(tuple(as_read(ROOT))),
            ))


def as_read(who):
    from pyhanko.keys import load_certs_from_pemder_data

    return list(load_certs_from_pemder_data(who.pem))


def test_an_authority_of_the_time_that_does_not_answer_is_told(sheet):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/time"
    with pytest.raises(OutputError, match="authority of the time"):
        signing.sign(sheet, key(PERSON), stamp=signing.Stamp(address=address))


def test_looking_at_signatures_asks_no_address(signed, trusted, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it asks the net"))

    assert only(verify.pdf(signed, WORDS, trusted=trusted)).holds


# ---- keys


@pytest.mark.parametrize(("who", "password", "said"), [
    (PERSON, "another", "password is another"),
    (holder("张三", BUREAU, days=(-9, -2)), PASSWORD, "is valid from"),
    (holder("张三", BUREAU, days=(2, 9)), PASSWORD, "is valid from"),
    (holder("server", BUREAU, usages=("key_encipherment",)), PASSWORD, "not made for signing"),
], ids=["password", "run out", "not yet", "of a server"])
def test_a_key_that_nobody_would_accept_is_refused(tmp_path, who, password, said):
    (tmp_path / "a.p12").write_bytes(who.p12())

    with pytest.raises(SourceError, match=said):
        signing.from_file(tmp_path / "a.p12", password)


@pytest.mark.parametrize("held", [b"", b"nothing", PERSON.pem, b"0" * 2_000_000])
def test_what_is_no_key_is_refused(tmp_path, held):
    (tmp_path / "a.p12").write_bytes(held)

    with pytest.raises(SourceError):
        signing.from_file(tmp_path / "a.p12", "")


@pytest.mark.parametrize("held", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_trusted_by_nobody(tmp_path, held):
    (tmp_path / "a.pem").write_bytes(held)

    with pytest.raises(SourceError, match="holds no certificate"):
        signing.trusting([tmp_path / "a.pem"])


def test_without_the_libraries_it_says_how_to_get_them(signed, folder, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pyhanko" else find(name)
    )
    for work in (
        lambda: signing.from_file(folder / "person.p12", PASSWORD),
        lambda: verify.pdf(signed, WORDS),
        lambda: signing.trusting([folder / "root.pem"]),
    ):
        with pytest.raises(OutputError, match="not installed") as told:
            work()
        assert "landtrack[sign]" in told.value.mend


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """Give the library of a token, of software, that holds the key of 张三."""
    library = next(map(str, filter(os.path.exists, (
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ))), None)
    if library is None or shutil.which("softhsm2-util") is None:
        if os.environ.get("CI"):
            pytest.fail("softhsm2 is needed for the tests of tokens")
        pytest.skip("softhsm2 is not installed: the tests of tokens need it")
    import pkcs11
    from cryptography.hazmat.primitives import serialization
    from pkcs11.util.rsa import decode_rsa_private_key

    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        assert called("softhsm2-util", "--init-token", "--free", "--label", "bureau",
                      "--pin", "1234", "--so-pin", "4321") == 0
        der = serialization.Encoding.DER
        private = PERSON.key.private_bytes(
            der, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        where = {
            pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "zhang", pkcs11.Attribute.ID: b"1"
        }
        with pkcs11.lib(library).get_token(token_label="bureau").open(  # noqa: S106
            rw=True, user_pin="1234"
        ) as session:
            session.create_object(decode_rsa_private_key(private) | where)
            for who, label in ((PERSON, "zhang"), (BUREAU, "above")):
                session.create_object({
                    **where, pkcs11.Attribute.LABEL: label,
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.VALUE: who.certificate.public_bytes(der),
                    pkcs11.Attribute.SUBJECT: who.certificate.subject.public_bytes(),
                    pkcs11.Attribute.SERIAL_NUMBER: b"1",
                    pkcs11.Attribute.ISSUER: who.certificate.issuer.public_bytes(),
                })
        yield library


def test_a_key_in_a_token_signs(sheet, token, trusted, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheet)

    said = typed("sign", tmp_path / "sheet.pdf", "--token", token, "--label", "zhang",
                 secret="1234")  # noqa: S106

    assert said.exit_code == 0, said.output
    assert only(verify.pdf(
        (tmp_path / "sheet-signed.pdf").read_bytes(), WORDS, trusted=trusted
    )).holds


@pytest.mark.parametrize(("pin", "label"), [("9999", "zhang"), ("1234", "nobody")])
def test_a_token_that_cannot_be_used_is_told(token, pin, label):
    from pathlib import Path

    with (
        pytest.raises(SourceError, match="token"),
        signing.from_token(Path(token), pin, label),
    ):
        pass


# ---- packs


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    known = make_store(folder)
    result = vet.vet(catalog.place(folder / "site"))
    package.write(result, known, "A", package.load("plain"), Order(stated=SIGNED),
                  folder / "pack.zip")
    return known, (folder / "pack.zip").read_bytes()


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_pack_is_signed_by_its_manifest_as_openssl_says_too(pack, trusted, tmp_path):
    known, data = pack
    made = package.sign(package.sign(data, key(PERSON)), key(CHECKER))
    held = members(made)

    found = package.verify(made, WORDS, assessment.load(known), trusted)

    assert {*held} - {*members(data)} == {"manifest.json.1.p7s", "manifest.json.2.p7s"}
    assert [(each.by, each.holds) for each in found.signatures] == [
        ("张三, 测绘院", True), ("李四, 测绘院", True),
    ]
    assert (found.faults, found.changes) == ([], [])
    for number in "12":
        cms = held[f"manifest.json.{number}.p7s"]
        assert openssl(tmp_path, held["manifest.json"], cms) == 0


def test_a_signature_does_not_cover_another_pack(pack, trusted):
    _, data = pack
    held = members(package.sign(data, key(PERSON)))
    other = held["manifest.json"].replace(b'"place": "site"', b'"place": "park"')
    made = package.zipped(held | {"manifest.json": other})

    found = package.verify(made, WORDS, trusted=trusted)

    assert other != held["manifest.json"]
    assert Fault.ALTERED in only(found).faults
    assert any("has been changed since" in each for each in found.faults)


@pytest.mark.parametrize("name", ["manifest.json.1.p7s", "manifest.json.x.p7s"])
def test_what_is_no_signature_is_told(pack, name):
    made = package.zipped(members(pack[1]) | {name: b"no signature"})

    assert any(name in each for each in package.verify(made, WORDS).faults)


def test_a_file_of_a_signed_pack_that_was_changed_is_told(pack, trusted):
    held = members(package.sign(pack[1], key(PERSON)))
    name = next(each for each in held if each.endswith(".xlsx"))

    found = package.verify(package.zipped({**held, name: b"other"} | {
        "manifest.json": held["manifest.json"]}), WORDS, trusted=trusted)

    assert any(f"changed: {name}" in each for each in found.faults)


# ---- the commands


def seen(folder):
    """List what a planner sees in a folder."""
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))


def typed(*arguments, secret=PASSWORD):
    return CliRunner(env={"LANDTRACK_KEY_PASSWORD": secret}).invoke(
        main, [str(each) for each in arguments], catch_exceptions=False
    )


def test_a_sheet_is_signed_and_verified_as_a_planner_does_it(sheet, folder, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheet)

    first = typed("sign", tmp_path / "sheet.pdf", "--key", folder / "person.p12", "--lang", "en")
    own = tmp_path / "sheet-signed.pdf"
    second = typed("sign", own, "--key", folder / "checker.pfx", "--lang", "en")
    alone = typed("verify", own, "--lang", "en")
    known = typed("verify", own, "--trust", folder / "root.pem", "--lang", "en")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert f"signed: {own}" in first.output
    assert seen(tmp_path) == ["sheet-signed.pdf", "sheet.pdf"]
    assert (alone.exit_code, known.exit_code) == (0, 0)
    assert "✓" not in alone.output
    assert "name its certificate with --trust" in alone.output
    assert known.output.count("✓ signed by") == 2
    assert "agrees with itself" not in known.output


def test_without_a_signature_and_a_store_there_is_no_tick(sheet, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheet)

    said = typed("verify", tmp_path / "sheet.pdf", "--lang", "en")

    assert "✓" not in said.output
    assert "only that the file agrees with itself" in said.output


def test_the_password_is_asked_for_and_not_shown(sheet, folder, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    said = CliRunner().invoke(
        main, ["sign", str(tmp_path / "sheet.pdf"), "--key", str(folder / "person.p12"),
               "--lang", "zh"], input=f"{PASSWORD}\n",
    )

    assert said.exit_code == 0, said.output
    assert "密钥的密码" in said.output
    assert PASSWORD not in said.output


@pytest.mark.parametrize("options", [
    (), ("--key", "a.p12", "--token", "b.so", "--label", "x"), ("--token", "b.so"),
    ("--key", "a.p12", "--long-term"),
], ids=["no key", "two keys", "no label", "long term without"])
def test_what_is_not_asked_for_wholly_is_not_guessed(sheet, tmp_path, options):
    (tmp_path / "sheet.pdf").write_bytes(sheet)

    said = typed("sign", tmp_path / "sheet.pdf", *options)

    assert said.exit_code == 2
    assert seen(tmp_path) == ["sheet.pdf"]


def test_a_sheet_that_was_changed_is_not_signed(sheet, folder, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(packed_anew(sheet, painted))

    said = typed("sign", tmp_path / "sheet.pdf", "--key", folder / "person.p12", "--lang", "en")

    assert said.exit_code == 2
    assert "is not as it was issued" in said.output
    assert seen(tmp_path) == ["sheet.pdf"]


def test_a_form_is_signed_too(folder, tmp_path, trusted):
    from landtrack.model.catalog import demo_place

    form = tmp_path / "form.pdf"
    typed("vet", "XP-001", demo_place(), "--pdf", form, "--lang", "en")
    assert form.exists()

    said = typed("sign", form, "--key", folder / "person.p12", "--lang", "en")
    found = verify_file.of((tmp_path / "form-signed.pdf").read_bytes(), WORDS, trusted=trusted)

    assert said.exit_code == 0, said.output
    assert only(found).holds
    assert found.faults == []


@pytest.mark.parametrize("held", [b"PK\x03\x04 broken", b"nothing", b"%PDF-1.4 broken"])
def test_what_is_none_of_ours_is_not_signed(folder, tmp_path, held):
    (tmp_path / "a.pdf").write_bytes(held)

    said = typed("sign", tmp_path / "a.pdf", "--key", folder / "person.p12", "--lang", "en")

    assert said.exit_code == 2
    assert "Mend:" in said.output
    assert seen(tmp_path) == ["a.pdf"]


def test_the_signed_file_is_beside_the_other():
    from pathlib import Path

    assert sign_file.beside(Path("a/sheet.pdf")) == Path("a/sheet-signed.pdf")
    assert sign_file.beside(Path("a/sheet-signed.pdf")) == Path("a/sheet-signed.pdf")
