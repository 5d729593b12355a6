#!/usr/bin/env python3
"""gen_date_tables.py CLDR_DATES_FULL OUT_DIR: write date_cldr.<lang>.tsv and date_numbers.<lang>.tsv.

CLDR_DATES_FULL is the unpacked npm package cldr-dates-full (`npm pack cldr-dates-full`). Run by hand when CLDR has a new
release; the tables are in the repository, so that building needs neither network nor python.
"""
import json
import re
import sys

LANGS = {"sv": "sv", "nb": "no", "nn": "nn", "da": "da", "de": "de", "it": "it", "en": "en", "fr": "fr", "es": "es",
         "nl": "nl", "pt": "pt", "fi": "fi"}
CAPITAL = {"de", "en"}  # months and weekdays have a capital letter, and are no other words without it
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
UNITS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W"}
# Names that are common words too: months only beside a day, a year or a preposition.
WORDS = {"en": {"sat", "sun", "wed"}, "da": {"man", "tor"}, "nb": {"man", "tor"}, "nn": {"man", "tor"},
         "de": {"so", "do", "mi", "mo", "di", "fr", "sa"}, "nl": {"zo", "do", "di", "ma", "wo", "za", "vr"},
         "pt": {"ter", "seg", "sex", "qui", "qua"}}  # short names that are other words without a capital
WEAK = {"en": {"may", "march"}, "fr": {"mars"}, "nb": set(), "pt": set()}


def load(root, code, name):
    with open(f"{root}/main/{code}/{name}.json", encoding="utf-8") as handle:
        return json.load(handle)["main"][code]["dates"]


def strip(form):
    return form.lower().rstrip(".").replace("\u202f", " ").replace("\xa0", " ").strip()


def calendar_rows(root, code, lang):
    greg = load(root, code, "ca-gregorian")["calendars"]["gregorian"]
    flag = "" if lang in CAPITAL else "low"
    rows = set()
    for symbol, weak, table in (("month", "monthab", greg["months"]), ("weekday", "wdayab", greg["days"])):
        full = set()
        for width in ("wide", "abbreviated") + (() if lang == "en" else ("short",)):
            for context in ("format", "stand-alone"):
                for key, form in table[context].get(width, {}).items():
                    value = DAYS.index(key) + 1 if key in DAYS else int(key)
                    form = strip(form)
                    if width == "wide":
                        full.add(form)
                        name = symbol + "amb" if form in WEAK.get(lang, ()) else symbol
                        rows.add((form, name, str(value), "cap" if name != symbol and lang == "en" else flag))
                    elif form not in full:
                        rows.add((form, weak, str(value), "cap" if form in WORDS.get(lang, ()) else ""))
    return rows


def relative_rows(root, code):
    fields = load(root, code, "dateFields")["fields"]
    rows = set()
    for name, field in fields.items():
        base = name.split("-")[0]
        for key, form in field.items():
            match = re.fullmatch(r"relative-type-(-?\d)", key)
            if not match or re.search(r"\d", form):
                continue
            step, form = int(match[1]), strip(form)
            if "-" in name:
                continue  # short and narrow ones are for tables, not for prose
            if base in UNITS:
                rows.add((form, "relunit", f"unit={UNITS[base]} rel={step}", ""))
            elif base == "day":
                rows.add((form, "dayref", str(step), ""))
    return rows


SMALL = {
    "sv": ("noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton",
           "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio"),
    "nb": ("null ett to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten",
           "tjue tretti førti femti seksti sytti åtti nitti"),
    "da": ("nul et to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten",
           "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems"),
    "de": ("null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
           "achtzehn neunzehn", "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    "it": ("zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
           "diciassette diciotto diciannove", "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"),
    "en": ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
           "eighteen nineteen", "twenty thirty forty fifty sixty seventy eighty ninety"),
    "fr": ("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
           "dix-neuf", "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix"),
    "es": ("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
           "dieciocho diecinueve", "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    "nl": ("nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
           "achttien negentien", "twintig dertig veertig vijftig zestig zeventig tachtig negentig"),
    "pt": ("zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete "
           "dezoito dezenove", "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"),
    "fi": ("nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista kolmetoista "
           "neljätoista viisitoista kuusitoista seitsemäntoista kahdeksantoista yhdeksäntoista",
           "kaksikymmentä kolmekymmentä neljäkymmentä viisikymmentä kuusikymmentä seitsemänkymmentä kahdeksankymmentä "
           "yhdeksänkymmentä"),
}
SMALL["nn"] = (SMALL["nb"][0].replace(" ett ", " eitt ").replace("elleve", "elleve").replace("seksten", "seksten"),
               SMALL["nb"][1])
OTHER = {  # further forms: (form, symbol, value)
    "sv": [("en", 1), ("nitti", 90)],
    "nb": [("en", 1), ("et", 1), ("én", 1), ("éi", 1), ("tyve", 20), ("tredve", 30), ("syv", 7), ("tretti", 30)],
    "nn": [("ein", 1), ("ei", 1), ("éin", 1)],
    "da": [("en", 1), ("én", 1), ("ét", 1), ("tyve", 20), ("firs", 80)],
    "de": [("eins", 1), ("eine", 1), ("einem", 1), ("einer", 1), ("eines", 1), ("einen", 1), ("zwo", 2), ("zweier", 2),
           ("dreier", 3), ("dreissig", 30), ("anderthalb", 0)],
    "it": [("un", 1), ("una", 1), ("un'", 1), ("ventun", 21), ("trentun", 31)],
    "en": [("a", 1), ("an", 1), ("dozen", 12)],
    "fr": [("une", 1), ("vingt et un", 21), ("soixante et onze", 71)],
    "es": [("un", 1), ("una", 1), ("veintiún", 21), ("treinta y un", 31)],
    "nl": [("één", 1), ("eén", 1)],
    "pt": [("uma", 1), ("duas", 2), ("catorze", 14), ("dezasseis", 16), ("dezassete", 17), ("dezanove", 19)],
    "fi": [("yhden", 1), ("kahden", 2), ("kolmen", 3), ("neljän", 4), ("viiden", 5), ("kuuden", 6), ("kymmenen", 10),
           ("yhdessä", 1), ("kahdessa", 2), ("kolmessa", 3)],
}
MULT = {"sv": "hundra tusen", "nb": "hundre tusen", "nn": "hundre tusen", "da": "hundrede tusind", "de": "hundert tausend",
        "it": "cento mille", "en": "hundred thousand", "fr": "cent mille", "es": "cien mil", "nl": "honderd duizend",
        "pt": "cem mil", "fi": "sata tuhat"}


def compound(lang, tens, ones, ten, one):
    """The forms of 21 to 99."""
    if lang in ("sv", "nb", "nn"):
        yield tens[ten] + ones[one]
    elif lang == "da":
        yield ones[one].replace("et", "en") + "og" + tens[ten]
    elif lang == "de":
        yield ones[one] + "und" + tens[ten]
    elif lang == "nl":
        yield ones[one] + ("ën" if ones[one].endswith("e") else "en") + tens[ten]
    elif lang == "it":
        stem = tens[ten][:-1] if one in (1, 8) else tens[ten]
        yield stem + ("tré" if one == 3 else ones[one])
    elif lang == "en":
        yield tens[ten] + "-" + ones[one]
    elif lang == "fr" and ten not in (7, 9):
        yield tens[ten].rstrip("s") + "-" + ones[one]
        yield tens[ten].rstrip("s") + "-" + ones[one]
    elif lang == "es":
        accent = {2: "dós", 3: "trés", 6: "séis"}
        yield "veinti" + accent.get(one, ones[one]) if ten == 2 else f"{tens[ten]} y {ones[one]}"
    elif lang == "pt":
        yield f"{tens[ten]} e {ones[one]}"
    elif lang == "fi":
        yield tens[ten] + ones[one]


def number_rows(lang):
    small, tens_list = (part.split() for part in SMALL[lang])
    tens = {i + 2: form for i, form in enumerate(tens_list)}
    rows = {(form, "num", str(i)) for i, form in enumerate(small) if i}
    rows |= {(form, "num", str(10 * i)) for i, form in tens.items()}
    for ten in tens:
        for one in range(1, 10):
            rows |= {(form, "num", str(10 * ten + one)) for form in compound(lang, tens, small, ten, one)}
    if lang == "fr":
        for base, stem in ((60, "soixante"), (80, "quatre-vingt")):
            rows |= {(f"{stem}-{small[i]}", "num", str(base + i)) for i in range(11, 17)}
    rows |= {(form, "num", str(value)) if form not in ("a", "an") else (form, "art1", "100") for form, value in OTHER[lang] if value}
    for form, value in zip(MULT[lang].split(), (100, 1000)):
        rows |= {(form, "mult", str(value)), (form, "num", str(value))}
    return rows


def write(path, head, rows):
    lines = sorted("\t".join(row).rstrip("\t").encode() for row in rows)
    with open(path, "wb") as out:
        out.write(head.encode() + b"\n".join(lines) + b"\n")


def main():
    root, out = sys.argv[1:3]
    with open(f"{root}/package.json", encoding="utf-8") as handle:
        version = json.load(handle)["version"]
    for lang, code in LANGS.items():
        rows = calendar_rows(root, code, lang) | relative_rows(root, code)
        rows = {row if row[3] else row[:3] + ("any",) for row in rows}
        write(f"{out}/date_cldr.{lang}.tsv",
              "# date_cldr: form, symbol, what it sets, letters (cap, low: only so; any). Names of months and days and relative fields.\n"
              f"# Source: Unicode CLDR {version} (cldr-dates-full), (c) Unicode, Inc.; Unicode License V3. Made by core/tools/gen_date_tables.py.\n",
              rows)
        write(f"{out}/date_numbers.{lang}.tsv",
              "# date_numbers: form, symbol (num; mult: hundred, thousand), value.\n"
              "# Source: written for this project. Licence: as newsmark's. Made by core/tools/gen_date_tables.py.\n",
              number_rows(lang))


if __name__ == "__main__":
    main()
