"""Countries by their calling codes, to compare DIAL_ALLOW with an outbound voice profile.

A code that is not here is reported as not compared. Source: ITU-T E.164, ISO 3166-1.
"""

from __future__ import annotations

from collections.abc import Mapping

NORTH_AMERICA = "1"
COUNTRIES: Mapping[str, tuple[str, ...]] = {
    NORTH_AMERICA: ("US", "CA"),
    **{"7": ("RU", "KZ"), "20": ("EG",), "27": ("ZA",), "30": ("GR",), "31": ("NL",)},
    **{"32": ("BE",), "33": ("FR",), "34": ("ES",), "36": ("HU",), "39": ("IT", "VA")},
    **{"40": ("RO",), "41": ("CH",), "43": ("AT",), "44": ("GB", "GG", "JE", "IM")},
    **{"45": ("DK",), "46": ("SE",), "47": ("NO", "SJ"), "48": ("PL",), "49": ("DE",)},
    **{"51": ("PE",), "52": ("MX",), "54": ("AR",), "55": ("BR",), "56": ("CL",)},
    **{"57": ("CO",), "60": ("MY",), "61": ("AU", "CX", "CC"), "62": ("ID",), "63": ("PH",)},
    **{"64": ("NZ",), "65": ("SG",), "66": ("TH",), "81": ("JP",), "82": ("KR",)},
    **{"84": ("VN",), "86": ("CN",), "90": ("TR",), "91": ("IN",), "92": ("PK",)},
    **{"212": ("MA", "EH"), "234": ("NG",), "254": ("KE",), "351": ("PT",), "352": ("LU",)},
    **{"353": ("IE",), "354": ("IS",), "356": ("MT",), "357": ("CY",), "358": ("FI", "AX")},
    **{"359": ("BG",), "370": ("LT",), "371": ("LV",), "372": ("EE",), "380": ("UA",)},
    **{"381": ("RS",), "385": ("HR",), "386": ("SI",), "420": ("CZ",), "421": ("SK",)},
    **{"852": ("HK",), "886": ("TW",), "971": ("AE",), "972": ("IL",)},
}
