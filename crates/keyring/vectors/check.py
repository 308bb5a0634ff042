#!/usr/bin/env python3
"""Second implementation of the sealed formats, written from their description and not from the Rust code.

    python3 check.py           compares everything in *.json with what is computed here; exit 0 if all agree, else 1
    python3 check.py --write   writes *.json anew

Needs the package `cryptography`.
"""

import hashlib
import hmac
import json
import sys
import unicodedata
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

HERE = Path(__file__).resolve().parent
LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
CHUNK, TAG = 16384, 16


class NotOpened(Exception):
    pass


# --- C2SP chunked-encryption@v1, AEAD_AES_256_GCM, HKDF-Expand with SHA-512


def expand(key, info, length):
    return HKDFExpand(algorithm=hashes.SHA512(), length=length, info=info).derive(key)


def parts(input_key, salt, context):
    okm = expand(input_key, LABEL + salt + context, 32 + 12 + 32)
    return AESGCM(okm[:32]), int.from_bytes(okm[32:44], "big"), okm[44:]


def seal(input_key, salt, context, plain):
    assert len(input_key) == 32 and len(salt) == 24
    aead, base, commitment = parts(input_key, salt, context)
    message = salt + commitment
    for number in range(len(plain) // CHUNK + 1):
        chunk = plain[number * CHUNK : (number + 1) * CHUNK]
        message += aead.encrypt((base ^ number).to_bytes(12, "big"), chunk, None)
    return message


def unseal(input_key, context, message):
    if len(message) < 24 + 32:
        raise NotOpened("too short")
    salt, commitment, rest = message[:24], message[24:56], message[56:]
    aead, base, expected = parts(input_key, salt, context)
    if not hmac.compare_digest(commitment, expected):
        raise NotOpened("commitment")
    plain, number = b"", 0
    while True:
        chunk, rest = rest[: CHUNK + TAG], rest[CHUNK + TAG :]
        if len(chunk) < TAG:
            raise NotOpened("truncated")
        try:
            plain += aead.decrypt((base ^ number).to_bytes(12, "big"), chunk, None)
        except Exception as error:
            raise NotOpened("tag") from error
        number += 1
        if len(chunk) < CHUNK + TAG:
            return plain


# --- derived keys, contexts, stored values


def name4(name):
    return hashlib.sha256(name.encode()).digest()[:4]


def record_key(subject_key, class_key):
    kdf = HKDF(algorithm=hashes.SHA512(), length=32, salt=class_key, info=b"obhut/v1/record-input-key")
    return kdf.derive(subject_key)


def field_context(v):
    context = b"obhut/v1/field\x00"
    context += bytes.fromhex(v["deployment"]) + bytes.fromhex(v["tenant"]) + bytes.fromhex(v["subject"])
    context += bytes([1 if v["statutory"] else 0]) + name4(v["class"]) + (0).to_bytes(4, "big") + name4(v["field"])
    context += bytes.fromhex(v["record"]) + v["version"].to_bytes(8, "big")
    assert len(context) == 15 + 85
    return context


def slot_context(v, facet):
    kind = {"subject": 1, "class": 2, "tenant": 3}[v["kind"]]
    context = b"obhut/v1/slot\x00" + bytes.fromhex(v["deployment"]) + v["slot"].to_bytes(4, "big")
    return context + bytes([kind, facet]) + bytes.fromhex(v["tenant"]) + bytes.fromhex(v["owner"])


def slot(v):
    kind = {"subject": 1, "class": 2, "tenant": 3}[v["kind"]]
    content = bytes([kind, (v["slot"] >> 28) + 1]) + bytes.fromhex(v["tenant"]) + bytes.fromhex(v["owner"])
    root = bytes.fromhex(v["root"])
    for facet, entry in enumerate(v["keys"]):
        salt, key = bytes.fromhex(entry["salt"]), bytes.fromhex(entry["key"])
        content += seal(root, salt, slot_context(v, facet), key)
    return content.ljust(256, b"\x00")


def identity(field, value):
    lower = "".join(char.lower() for char in unicodedata.normalize("NFKC", value))
    text = " ".join(unicodedata.normalize("NFKC", lower).split())
    words = field.replace("-", "_").replace(".", "_").split("_")
    if not set(words) & {"phone", "telephone", "mobile", "tel"}:
        return text
    number, prefix = text, ""
    for start in ("+", "00"):
        if text.startswith(start):
            number, prefix = text[len(start) :].replace("(0)", "", 1), "+"
            break
    if not set(number) <= set("0123456789 -./()\u2010") or not any(char.isdigit() for char in number):
        return text
    return prefix + "".join(char for char in number if char.isdigit())


def blind_index(tenant_key, field, value):
    key = expand(tenant_key, b"obhut/v1/bidx\x00" + field.encode(), 32)
    return hmac.new(key, identity(field, value).encode(), hashlib.sha256).digest()[:16]


# --- the cases


def plaintext(v):
    """Short ones as they are; long ones by the rule: byte i is (7 i + 3) mod 251."""
    if "plaintext" in v:
        return bytes.fromhex(v["plaintext"])
    return bytes((7 * i + 3) % 251 for i in range(v["plaintext_length"]))


def pattern(name, length):
    """Invented keys, salts and ids: repeatable, and visibly not from anywhere else."""
    return hashlib.sha512(b"obhut example " + name.encode()).digest()[:length]


def sealed_cases():
    messages = []

    def add(name, context=None, **plain):
        v = {"name": name, "input_key": pattern("key " + name, 32).hex(), "salt": pattern("salt " + name, 24).hex()}
        v["context"] = (b"obhut/v1/example\x00" + name.encode() if context is None else context).hex()
        v |= plain
        message = seal(*(bytes.fromhex(v[k]) for k in ("input_key", "salt", "context")), plaintext(v))
        if len(message) <= 400:
            v["message"] = message.hex()
        v["message_length"] = len(message)
        v["message_sha256"] = hashlib.sha256(message).hexdigest()
        messages.append(v)

    add("empty", plaintext="")
    add("empty, no context", context=b"", plaintext="")
    add("1 byte", plaintext="61")
    add("text", plaintext="Zoë Öğüt, Straße 1".encode().hex())
    add("200 bytes", plaintext_length=200)
    add("one below a chunk", plaintext_length=16383)
    add("exactly a chunk", plaintext_length=16384)
    add("one above a chunk", plaintext_length=16385)
    add("exactly two chunks", plaintext_length=32768)
    add("40000 bytes", plaintext_length=40000)
    add("257 chunks and a bit", plaintext_length=257 * 16384 + 5)
    add("long context", context=pattern("context", 64) * 8, plaintext="00ff")

    refused = [
        {"of": "1 byte", "why": "another key", "input_key": pattern("another key", 32).hex()},
        {"of": "1 byte", "why": "another context", "context": b"obhut/v1/example\x001 bytf".hex()},
        {"of": "1 byte", "why": "no context", "context": ""},
        {"of": "1 byte", "why": "salt changed", "flip": [0, 1]},
        {"of": "1 byte", "why": "commitment changed", "flip": [24, 128]},
        {"of": "1 byte", "why": "commitment changed at its end", "flip": [55, 1]},
        {"of": "1 byte", "why": "content changed", "flip": [56, 1]},
        {"of": "1 byte", "why": "tag changed", "flip": [72, 1]},
        {"of": "1 byte", "why": "a byte missing", "drop_last": 1},
        {"of": "1 byte", "why": "a byte added", "append": "00"},
        {"of": "1 byte", "why": "no chunk", "drop_last": 17},
        {"of": "1 byte", "why": "no commitment", "drop_last": 17 + 32},
        {"of": "1 byte", "why": "nothing", "drop_last": 73},
        {"of": "empty", "why": "no tag", "drop_last": 16},
        {"of": "exactly a chunk", "why": "last chunk missing", "drop_last": 16},
        {"of": "exactly a chunk", "why": "full chunk shortened", "drop_last": 17},
        {"of": "one above a chunk", "why": "last chunk missing", "drop_last": 17},
        {"of": "40000 bytes", "why": "last byte of the second chunk changed", "flip": [56 + 2 * 16400 - 17, 64]},
        {"of": "exactly two chunks", "why": "a chunk added", "append": "00" * 16},
    ]
    return {
        "format": "C2SP chunked-encryption@v1, AEAD_AES_256_GCM, HKDF-Expand with SHA-512",
        "plaintext_rule": "where only plaintext_length is given, byte i is (7 i + 3) mod 251",
        "messages": messages,
        "refused": refused,
    }


def derived_cases():
    values = []
    for number, (cls, field, statutory, version, value) in enumerate(
        [
            ("contact", "email", False, 1, "alice@example.org"),
            ("contact", "note", False, 2**40 + 7, ""),
            ("invoice", "recipient", True, 3, "Zoë Öğüt\nStraße 1"),
        ]
    ):
        name = f"value {number}"
        v = {key: pattern(f"{name} {key}", 32).hex() for key in ("subject_key", "class_key")}
        v |= {key: pattern(f"{name} {key}", 16).hex() for key in ("deployment", "tenant", "subject", "record")}
        v |= {"class": cls, "field": field, "statutory": statutory, "version": version, "value": value}
        v["salt"] = pattern(f"{name} salt", 24).hex()
        key = record_key(bytes.fromhex(v["subject_key"]), bytes.fromhex(v["class_key"]))
        v["record_key"] = key.hex()
        v["context"] = field_context(v).hex()
        v["stored"] = (b"\x01" + seal(key, bytes.fromhex(v["salt"]), field_context(v), value.encode())).hex()
        values.append(v)

    slots = []
    for number, kind, owner, facets in [
        (0, "subject", pattern("owner", 16), 2),
        ((15 << 28) | 77, "subject", pattern("owner", 16), 2),
        ((1 << 28) | 5, "class", hashlib.sha256(b"contact").digest()[:16], 1),
        (268435455, "tenant", bytes(16), 1),
    ]:
        v = {"root": pattern("root", 32).hex(), "deployment": pattern("deployment", 16).hex(), "slot": number}
        v |= {"kind": kind, "tenant": pattern("tenant", 16).hex(), "owner": owner.hex()}
        v["keys"] = [
            {"key": pattern(f"slot {number} {f}", 32).hex(), "salt": pattern(f"slot salt {number} {f}", 24).hex()}
            for f in range(facets)
        ]
        v["bytes"] = slot(v).hex()
        slots.append(v)

    indexes = []
    for field, value in [
        ("email", "  Alice@Example.ORG "),
        ("email", "alice@example.org"),
        ("login", "alice@example.org"),
        ("phone", "+49 (0)30 / 12-34"),
        ("phone", "0049 30 1234"),
        ("phone", "on request"),
        ("name", "Ｚoë\u00a0 ÖĞÜT"),
        ("name", ""),
    ]:
        key = pattern("tenant key", 32)
        v = {"tenant_key": key.hex(), "field": field, "value": value, "identity": identity(field, value)}
        v["index"] = blind_index(key, field, value).hex()
        indexes.append(v)
    return {"values": values, "slots": slots, "indexes": indexes}


def edited(v, message):
    message = bytearray(message)
    if "flip" in v:
        at, bits = v["flip"]
        message[at] ^= bits
    if "drop_last" in v:
        del message[len(message) - v["drop_last"] :]
    return bytes(message) + bytes.fromhex(v.get("append", ""))


def check():
    agreed, wrong = 0, []

    def expect(what, condition):
        nonlocal agreed
        if condition:
            agreed += 1
        else:
            wrong.append(what)

    cases = json.loads((HERE / "sealed.json").read_text())
    messages = {}
    for v in cases["messages"]:
        key, salt, context = (bytes.fromhex(v[k]) for k in ("input_key", "salt", "context"))
        message = seal(key, salt, context, plaintext(v))
        messages[v["name"]] = (v, message)
        same = hashlib.sha256(message).hexdigest() == v["message_sha256"] and len(message) == v["message_length"]
        expect("seal: " + v["name"], same and v.get("message", message.hex()) == message.hex())
        expect("open: " + v["name"], unseal(key, context, message) == plaintext(v))
    for v in cases["refused"]:
        original, message = messages[v["of"]]
        key, context = (bytes.fromhex(v.get(k, original[k])) for k in ("input_key", "context"))
        try:
            unseal(key, context, edited(v, message))
            expect(f"refuse: {v['of']}, {v['why']}", False)
        except NotOpened:
            expect("", True)

    cases = json.loads((HERE / "derived.json").read_text())
    for number, v in enumerate(cases["values"]):
        key = record_key(bytes.fromhex(v["subject_key"]), bytes.fromhex(v["class_key"]))
        expect(f"record key {number}", key.hex() == v["record_key"])
        expect(f"context {number}", field_context(v).hex() == v["context"])
        stored = bytes.fromhex(v["stored"])
        expect(f"stored {number}", stored[:1] == b"\x01")
        expect(f"value {number}", unseal(key, field_context(v), stored[1:]) == v["value"].encode())
        again = seal(key, bytes.fromhex(v["salt"]), field_context(v), v["value"].encode())
        expect(f"sealed {number}", again == stored[1:])
    for number, v in enumerate(cases["slots"]):
        expect(f"slot {number}", slot(v).hex() == v["bytes"])
    for number, v in enumerate(cases["indexes"]):
        expect(f"identity {number}", identity(v["field"], v["value"]) == v["identity"])
        index = blind_index(bytes.fromhex(v["tenant_key"]), v["field"], v["value"])
        expect(f"index {number}", index.hex() == v["index"])

    for what in wrong:
        print("differs:", what)
    print(f"{agreed} agree, {len(wrong)} differ")
    return 1 if wrong or not agreed else 0


def write():
    for name, cases in [("sealed", sealed_cases()), ("derived", derived_cases())]:
        text = json.dumps(cases, indent=1, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    elif sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(check())
