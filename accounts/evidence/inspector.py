"""Checks an exported archive of evidence. Needs Python 3.9 or newer and nothing else.

    python check.py [folder of the archive]

It says what agrees and what does not, and ends with 1 where something was changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import sys
from pathlib import Path
from typing import Any


def files_agree(folder: Path) -> list[str]:
    """Every file named in manifest.json, by SHA-256."""
    found: list[str] = []
    for name, wanted in json.loads((folder / "manifest.json").read_text("utf-8")).items():
        path = folder / name
        if not path.exists():
            found.append(f"{name} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            found.append(f"{name} was changed")
    return found


def texts_agree(evidence: dict[str, Any]) -> list[str]:
    """The hash of each agreement, and the fingerprint over all of them."""
    found: list[str] = []
    lines = ""
    pack = evidence.get("agreements")
    if not pack:
        return ["there are no agreements"]
    for text in pack["texts"]:
        shown = hashlib.sha256(f"{text['title']}\n\n{text['body']}".encode()).hexdigest()
        if shown != text["sha256"]:
            found.append(f"agreement {text['key']} was changed")
        lines += f"{text['key']} {text['language']} {text['version']} {text['sha256']}\n"
    if hashlib.sha256(lines.encode()).hexdigest() != pack["fingerprint"]:
        found.append("the fingerprint of the agreements does not agree")
    return found


def consents_agree(evidence: dict[str, Any]) -> list[str]:
    """The hash of each text that was agreed to, and that all of them came before it was sent."""
    found: list[str] = []
    sent = evidence["submitted_at"]
    held = set()
    for each in evidence["consents"]:
        shown = hashlib.sha256(f"{each['title']}\n\n{each['body']}".encode()).hexdigest()
        if shown != each["sha256"]:
            found.append(f"the text agreed to, {each['purpose']}, was changed")
        ended = each["withdrawn_at"]
        if sent and each["given_at"] <= sent and (ended is None or ended > sent):
            held.add(each["purpose"])
    needed = ["opening_notice", "identity_document"]
    if not evidence["without_face"]:
        needed.append("face")
    lacking = [purpose for purpose in needed if purpose not in held]
    return found + [f"no agreement to {purpose} before it was sent" for purpose in lacking]


def photos_agree(evidence: dict[str, Any], journal: dict[str, Any], folder: Path) -> list[str]:
    """Each picture against the hash that the journal took down when the customer sent it."""
    lines = [each for each in journal["entries"] if "accounts.documents_sent" in each["line"]]
    if not lines:
        return ["no pictures were sent"]
    found: list[str] = []
    there = {path.stem: path for path in (folder / "photos").glob("*")}
    for name, ref in evidence["photos"].items():
        if name not in there:
            found.append(f"the picture {name} is missing")
            continue
        shown = hashlib.sha256(there[name].read_bytes()).hexdigest()
        if f"{name} {ref} {shown}" not in lines[-1]["line"]:
            found.append(f"the picture {name} is not the one that was sent")
    return found


def declaration_agrees(evidence: dict[str, Any], journal: dict[str, Any]) -> list[str]:
    """The tax declaration against the digest that the journal took down with the signature."""
    signed = [
        each["line"] for each in journal["entries"] if "accounts.pack_signed" in each["line"]
    ]
    digests = re.findall(r'"declaration": ?"([0-9a-f]*)"', "".join(signed[-1:]))
    declared = (evidence["agreements"] or {}).get("declaration")  # none in older signatures
    shown = hashlib.sha256(declared.encode()).hexdigest() if declared else ""
    return [] if "".join(digests) == shown else ["the tax declaration is not the one signed"]


def paper_agrees(evidence: dict[str, Any], journal: dict[str, Any], folder: Path) -> list[str]:
    """What was signed by hand: two people, and each page as the journal took it down."""
    paper = (evidence["agreements"] or {}).get("paper")
    if not paper:
        return []
    kind = "accounts.pack_signed_on_paper"
    lines = [each["line"] for each in journal["entries"] if kind in each["line"]]
    told = lines[-1] if lines else ""
    found: list[str] = []
    if paper["first_person"] == paper["second_person"] or paper["second_person"] not in told:
        found.append("no second person confirmed what was signed by hand")
    printed = folder / "paper" / "print.pdf"
    if not printed.exists() or hashlib.sha256(printed.read_bytes()).hexdigest() not in told:
        found.append("what was printed is not what was signed by hand")
    for page in paper["pages"]:
        path = folder / "paper" / f"page-{page['number']:02d}.jpg"
        shown = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        if f"{page['number']} {page['file']} {shown}" not in told:
            found.append(f"the signed page {page['number']} is not the one that was confirmed")
    return found


def decided_by_two(evidence: dict[str, Any], journal: dict[str, Any]) -> list[str]:
    """Two different people decided, as the journal has it too, or the rule asked for fewer."""
    one, other = evidence["proposed_by"], evidence["decided_by"]
    if one is None:
        return [] if evidence["route_rule"] else ["nobody proposed the decision"]
    if other is None or one == other:
        return ["one person alone decided"]
    said = {
        kind: {each["line"] for each in journal["entries"] if kind in each["line"]}
        for kind in ("accounts.verdict_proposed", "accounts.application_approved")
    }
    wanted = {"accounts.verdict_proposed": one, "accounts.application_approved": other}
    return [
        f"the journal does not say who decided: {kind}"
        for kind, person in wanted.items()
        if not any(person in line for line in said[kind])
    ]


def disclosure_agrees(evidence: dict[str, Any]) -> list[str]:
    """The hash of a permission's disclosure, and the fingerprint over all that was signed."""
    found: list[str] = []
    signed = evidence["disclosure"]
    text = signed["text"]
    if not text:
        return ["there is no disclosure"]
    shown = hashlib.sha256(f"{text['title']}\n\n{text['body']}".encode()).hexdigest()
    if shown != text["sha256"] or text["sha256"] not in signed["signed_parts"]:
        found.append("the disclosure was changed")
    parts = "\n".join(signed["signed_parts"]).encode()
    if hashlib.sha256(parts).hexdigest() != signed["fingerprint"]:
        found.append("the fingerprint of what was signed does not agree")
    return found


def markets_agree(evidence: dict[str, Any]) -> list[str]:
    """The hash of each text that was signed for a later market, and its fingerprint."""
    found: list[str] = []
    for each in evidence.get("later_markets", ()):
        text = each["text"]
        shown = hashlib.sha256(f"{text['title']}\n\n{text['body']}".encode()).hexdigest()
        parts = [evidence["application"], each["market"], text["key"], str(text["version"]), shown]
        signed = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        if shown != text["sha256"] or signed != each["fingerprint"]:
            found.append(f"what was signed for the market {each['market']} was changed")
    return found


def later_declarations_agree(evidence: dict[str, Any], journal: dict[str, Any]) -> list[str]:
    """Each later tax declaration against the fingerprint that the journal took down."""
    kind = "accounts.tax_declared"
    told = "".join(each["line"] for each in journal["entries"] if kind in each["line"])
    found: list[str] = []
    for each in evidence.get("tax_declarations", ()):
        shown = hashlib.sha256(each["declaration"].encode()).hexdigest()
        if shown != each["fingerprint"] or shown not in told:
            found.append(f"the tax declaration {each['ref']} is not the one signed")
    return found


def journal_agrees(journal: dict[str, Any]) -> list[str]:
    """Each entry's line against its seal, and each seal's hash over all its rows."""
    found: list[str] = []
    digests: dict[int, str] = {}
    for seal in journal["seals"]:
        total = hashlib.sha256(bytes.fromhex(seal["previous"]))
        head = [seal[name] for name in ("format", "number", "from_id", "to_id", "count")]
        total.update((":".join(map(str, head)) + "\n").encode())
        for pk, digest in seal["digests"]:
            total.update(struct.pack(">q32s", pk, bytes.fromhex(digest)))
            digests[pk] = digest
        if total.hexdigest() != seal["hash"]:
            found.append(f"seal {seal['number']} does not agree")
    for entry in journal["entries"]:
        if entry["seal"] is None:
            continue
        if hashlib.sha256(entry["line"].encode()).hexdigest() != digests.get(entry["id"]):
            found.append(f"journal entry {entry['id']} was changed")
    return found


def main(folder: Path) -> int:
    """Print what was found; returns how the program ends."""
    evidence = json.loads((folder / "evidence.json").read_text("utf-8"))
    journal = json.loads((folder / "journal.json").read_text("utf-8"))
    found = files_agree(folder)
    if "disclosure" in evidence:
        found += disclosure_agrees(evidence)
    else:
        found += texts_agree(evidence) + consents_agree(evidence)
        found += photos_agree(evidence, journal, folder) + decided_by_two(evidence, journal)
        found += declaration_agrees(evidence, journal) + markets_agree(evidence)
        found += later_declarations_agree(evidence, journal)
        found += paper_agrees(evidence, journal, folder)
    found += journal_agrees(journal)
    out = sys.stdout
    for line in found:
        out.write(f"DOES NOT AGREE: {line}\n")
    sealed = sum(entry["seal"] is not None for entry in journal["entries"])
    out.write(f"{sealed} of {len(journal['entries'])} journal entries are sealed.\n")
    out.write("Changes were found.\n" if found else "Everything in this archive agrees.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
