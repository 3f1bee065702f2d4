#!/usr/bin/env python3
"""Verifies a log of Maru without Maru: written from the specifications alone, with nothing but Python's standard library.

RFC 6962 (the tree), C2SP tlog-tiles (paths, tiles, bundles), C2SP tlog-checkpoint and signed-note (the checkpoint),
RFC 8032 (Ed25519), and docs/decisions/ledger-public-leaf-is-a-commitment.md (what an entry and a record are).

    python benches/ledger/verify.py --folder FOLDER           # key, checkpoint, tile/..., saved/*, proofs/*.json
    python benches/ledger/verify.py --url URL --key KEY [--saved FILE]...
    python benches/ledger/verify.py --folder FOLDER --self-test   # and sees whether changed bytes are noticed

It fetches every entry, builds the whole tree, compares every tile at every level, the signed root, the roots of checkpoints
saved earlier, and each proof of a case. Exit code 1 if anything does not fit.
"""
import argparse
import base64
import hashlib
import json
import pathlib
import random
import sys
import urllib.error
import urllib.request

WIDTH = 256
FIRST_LINE = b"maru-event-v1\n"


class Wrong(Exception):
    """Something does not fit."""


def expect(holds, what):
    if not holds:
        raise Wrong(what)


# RFC 8032, section 5.1: the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 modulo p; points are (X, Y, Z, T).
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def point_of(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    expect(y < P, "a point of a key or signature is out of range")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    expect((x * x - square) % P == 0, "a key or signature is not on the curve")
    expect(x or not sign, "a point is not encoded canonically")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signature_holds(key, message, signature):
    if len(signature) != 64:
        return False
    commitment, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    digest = hashlib.sha512(commitment + key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = multiply(scalar, BASE), add(point_of(commitment), multiply(challenge, point_of(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# RFC 6962, section 2.1.
def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def root_by_path(leaf, index, size, path):
    """RFC 6962, section 2.1.1, read from the leaf to the root, by the recursion of the definition."""
    if size == 1:
        expect(not path, "a path is too long")
        return leaf
    expect(path, "a path is too short")
    split = 1
    while split * 2 < size:
        split *= 2
    if index < split:
        return node_hash(root_by_path(leaf, index, split, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(leaf, index - split, size - split, path[:-1]))


# C2SP signed-note and tlog-checkpoint.
def read_key(text):
    name, key_hash, encoded = text.strip().split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    expect(material[0] == 1 and len(material) == 33, "the log's key is not one of Ed25519")
    expected = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    expect(key_hash == expected.hex(), "the log's key does not fit its own hash")
    return name, expected, material[1:]


def read_checkpoint(note, key):
    name, key_hash, public = key
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    expect(lines[0] == name, f"the checkpoint is of {lines[0]!r}")
    expect(lines[1].isascii() and lines[1].isdigit() and str(int(lines[1])) == lines[1], "the size is not a number")
    root = base64.b64decode(lines[2], validate=True)
    expect(len(root) == 32, "the root is not a SHA-256 digest")
    held = False
    for line in signatures.splitlines():
        expect(line.startswith("\u2014 "), "a line of signature is malformed")
        signer, encoded = line[2:].split(" ", 1)
        signature = base64.b64decode(encoded, validate=True)
        if signer == name and signature[:4] == key_hash:
            expect(signature_holds(public, text.encode(), signature[4:]), "the checkpoint's signature is wrong")
            held = True
    expect(held, "the checkpoint carries no signature of the log")
    return int(lines[1]), root


# C2SP tlog-tiles.
def tile_path(level, number, width):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def unbundle(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        expect(len(data) >= 2 + length, "a bundle of entries is cut off")
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    return entries


def verify_log(fetch, key, saved):
    size, root = read_checkpoint(fetch("checkpoint").decode(), key)
    entries = []
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        some = unbundle(fetch(tile_path("entries", number, width)))
        expect(len(some) == width, f"bundle {number} has {len(some)} entries instead of {width}")
        entries += some
    for index, entry in enumerate(entries):
        expect(entry.startswith(FIRST_LINE) and len(entry) == len(FIRST_LINE) + 32, f"entry {index} is malformed")
    leaves = [leaf_hash(entry) for entry in entries]
    hashes, level, tiles = leaves, 0, 0
    while hashes:
        for number in range((len(hashes) + WIDTH - 1) // WIDTH):
            expected = hashes[number * WIDTH:(number + 1) * WIDTH]
            path = tile_path(level, number, len(expected))
            expect(fetch(path) == b"".join(expected), f"{path} is not what the entries give")
            tiles += 1
        full = len(hashes) // WIDTH
        hashes = [root_of(hashes[number * WIDTH:(number + 1) * WIDTH]) for number in range(full)]
        level += 1
    expect(root_of(leaves) == root, "the entries do not give the root that was signed")
    for name, note in saved:
        before, old_root = read_checkpoint(note, key)
        expect(before <= size, f"{name}: the log was longer then")
        expect(root_of(leaves[:before]) == old_root, f"{name}: history was rewritten since")
    return size, tiles, entries


def record_bytes(stream, record):
    fields = [record["position"], stream, record["version"], record["kind"], record["at_microseconds"], record["actor"],
              record["role"], record["payload"], base64.b64decode(record["salt"], validate=True).hex()]
    encoded = [str(field).encode() for field in fields]
    return FIRST_LINE + b"".join(str(len(field)).encode() + b":" + field + b"," for field in encoded)


def sealed_values(value):
    if isinstance(value, dict):
        if set(value) == {"$sealed"}:
            yield value["$sealed"]
            return
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from sealed_values(member)


def verify_proof(text, key, entries):
    proof = json.loads(text)
    expect(proof["format"] == "maru-stream-proof-v1", "it is no proof of a case")
    expect(read_key(proof["public_key"]) == key, "the proof was made by another log")
    size, root = read_checkpoint(proof["checkpoint"], key)
    opened = 0
    for version, record in enumerate(proof["records"], 1):
        expect(record["version"] == version, f"version {version} is missing")
        entry = FIRST_LINE + hashlib.sha256(record_bytes(proof["stream"], record)).digest()
        position = record["position"]
        expect(position < size, "a record stands beyond the checkpoint")
        path = [base64.b64decode(hash, validate=True) for hash in record["inclusion"]]
        expect(root_by_path(leaf_hash(entry), position, size, path) == root, f"record {position} is not in the log")
        if entries is not None:
            expect(entries[position] == entry, f"record {position} is not the entry of the public log")
        commitments = {sealed["commitment"] for sealed in sealed_values(json.loads(record["payload"]))}
        for opening in record.get("openings", []):
            salt = base64.b64decode(opening["salt"], validate=True)
            expect(len(salt) == 32, "an opening's salt has the wrong length")
            digest = hashlib.sha256(b"maru-opening-v1\n" + salt + opening["value"].encode()).digest()
            expect(base64.b64encode(digest).decode() in commitments, f"a value at {position} is not what was sealed")
            opened += 1
    return len(proof["records"]), opened


def files_of(folder):
    names = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("log.db"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in names}


def verify_files(files):
    def fetch(path):
        expect(path in files, f"{path} is missing")
        return files[path]

    key = read_key(files["key"].decode())
    saved = [(name, data.decode()) for name, data in files.items() if name.startswith("saved/")]
    size, tiles, entries = verify_log(fetch, key, saved)
    records = opened = 0
    proofs = [data.decode() for name, data in files.items() if name.startswith("proofs/")]
    for text in proofs:
        more = verify_proof(text, key, entries)
        records, opened = records + more[0], opened + more[1]
    return (f"{size} entries, {tiles} tiles, the signed root and {len(saved)} earlier checkpoints fit; "
            f"{len(proofs)} proofs with {records} records and {opened} opened values hold")


def self_test(files):
    """Changes one byte at a time; every change but one of mere form must be noticed."""
    chance, noticed, harmless = random.Random(7), 0, 0
    for name in [name for name in files for _ in range(3)]:
        data = bytearray(files[name])
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        try:
            verify_files({**files, name: bytes(data)})
        except (Wrong, ValueError, KeyError, TypeError, IndexError):
            noticed += 1
            continue
        # The advice in a proof, its white space, and the order of things are not proved.
        expect(name.startswith("proofs/") or name == "key" and place == len(data) - 1,
               f"byte {place} of {name} was changed, and nobody noticed")
        harmless += 1
    return f"self-test: {noticed} changed bytes noticed, {harmless} in text that is not proved"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--url", help="where the log is: the address below which checkpoint and tile/ stand")
    parser.add_argument("--key", help="the log's public key, NAME+HASH+KEY")
    parser.add_argument("--saved", type=pathlib.Path, action="append", default=[], help="a checkpoint saved earlier")
    parser.add_argument("--proof", type=pathlib.Path, action="append", default=[], help="the proof of a case")
    parser.add_argument("--self-test", action="store_true")
    given = parser.parse_args()
    if given.folder:
        files = files_of(given.folder)
        print(verify_files(files))
        if given.self_test:
            print(self_test(files))
        return
    if not given.url or not given.key:
        parser.error("give --folder, or --url and --key")

    def fetch(path):
        try:
            with urllib.request.urlopen(f"{given.url.rstrip('/')}/{path}", timeout=30) as answer:
                return answer.read()
        except urllib.error.URLError as error:
            raise Wrong(f"{path} could not be fetched: {error}") from error

    key = read_key(given.key)
    size, tiles, entries = verify_log(fetch, key, [(str(path), path.read_text()) for path in given.saved])
    for path in given.proof:
        verify_proof(path.read_text(), key, entries)
    print(f"{size} entries, {tiles} tiles, the signed root, {len(given.saved)} earlier checkpoints and "
          f"{len(given.proof)} proofs fit")


if __name__ == "__main__":
    try:
        main()
    except (Wrong, ValueError, KeyError, IndexError) as error:
        sys.exit(f"does not verify: {error}")
