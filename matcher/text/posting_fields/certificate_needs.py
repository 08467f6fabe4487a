"""Certificates a posting asks for, required or preferred (证书要求)."""

from __future__ import annotations

import re

from matcher.domain.posting_terms import Basis
from matcher.domain.values import CertificateRequirement
from matcher.lexicon.certificates import certificates
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied

_TRIGGER = re.compile(r"证(?!券|明|实|据|监)|照(?!顾|看|护|料|片|相|明)|资格|[驾电焊车]本|本本|驾|建造师|教资|[一二]建|职称|会计师|[abc][1-6](?!\d)")
_PREFERRED_AFTER = re.compile(r"[^。;\n]{0,14}?(?:优先|更佳|佳|尤佳|加分|者优|也可|可放宽|补贴|补助|奖|适当放宽|择优)")
_PREFERRED_BEFORE = re.compile(r"(?:最好|优先|优选|如有|若有|如果有|可协助|协助|帮助|免费|培训|办理|可考|考取|帮办|代办)[^。;,\n]{0,6}$")
_NOT_NEEDED_BEFORE = re.compile(r"(?:无需|不需要?|不用|无须|不要求?|不要|没有|没|无)(?:持有?|有|考|办)?\s?$")
_NOT_NEEDED_AFTER = re.compile(r"[^。;,\n]{0,4}(?:不要求|没有也|无也可|可无|不限|均可不|都行没)")
_CLAUSE_BREAK = re.compile(r"[。;\n]|,(?!(?:有|持)?[^,。;\n]{0,10}证)")


def read_certificate_needs(text: str) -> list[Found[CertificateRequirement]]:
    """Certificates in the folded, lower-case text. 优先 or 最好 makes one preferred, 无需 none at all.

    The basis is EMPLOYER here; whether law demands the certificate depends on the occupation and is known later.
    """
    if _TRIGGER.search(text) is None:
        return []
    found: list[Found[CertificateRequirement]] = []
    for start, end, code, level in certificates().find(text):
        before = text[max(0, start - 10) : start]
        if denied(text, start) or _NOT_NEEDED_BEFORE.search(before) or _NOT_NEEDED_AFTER.match(text, end):
            continue
        required = not (_preferred_after(text, end) or _PREFERRED_BEFORE.search(before))
        found.append(Found(CertificateRequirement(code, required, Basis.EMPLOYER, level), start, end, 0.92))
    return found


def _preferred_after(text: str, end: int) -> bool:
    match = _PREFERRED_AFTER.match(text, end)
    if match is None:
        return False
    return _CLAUSE_BREAK.search(text, end, match.end()) is None
