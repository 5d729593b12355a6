#!/usr/bin/env python3
"""tests/bench/gen_corpus.py DIR COUNT [BYTES] [SEED]: write COUNT articles of about BYTES (4096) bytes below DIR.

News-like in six languages: headlines, date lines, paragraphs with names, dates, quotations and dash speech, from sentence
frames of this file and names put together from parts, so that names repeat as they do in news (few often, many seldom).
The same arguments give the same bytes. 1,000 files a folder."""
import os
import random
import sys

GIVEN = ("Anna Erik Maria Lars Ingrid Johan Karin Nils Eva Olof Sofia Henrik Elena Marco Giulia Paolo Chiara Luca Hans Petra Jürgen "
         "Ursula Dieter Heike Mette Søren Kirsten Jens Astrid Bjørn Solveig Kåre James Emily Robert Susan David Helen Oleksij Iryna").split()
STEMS = "Berg Lind Strand Ek Sund Hol Nord Vest Rosen Stein Wald Kirch Bach Ferr Mar Bian Ross Cont Hart Wood Hill Ash Marsh Kov Petr Sav".split()
ENDS = "ström gren qvist sen dal vik mann hof meier bach ini elli etti aro ton ley field er enko uk".split()
PLACES = ("Karlshamn Västervik Umeå Bodø Ålesund Tromsø Odense Aalborg Esbjerg Rostock Kassel Köln Zürich Trieste Parma Bari "
          "Genova Hull Leeds Cardiff Norrköping Gävle Stavanger Flensburg Lübeck Livorno").split()
ORGS = ("Nordkraft Hamnverket Sjöfartsrådet Vattenfonden Kystvakten Havnelauget Stadtwerke Bundesamt Hafenverband Ferrovia "
        "Consorzio Osservatorio Harbourwatch Northline Civic Trust Riverbank Council").split()
MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december".split(),
    "nb": "januar februar mars april mai juni juli august september oktober november desember".split(),
    "da": "januar februar marts april maj juni juli august september oktober november december".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}
DAY = {"sv": "den {d} {m} {y}", "nb": "{d}. {m} {y}", "da": "den {d}. {m} {y}", "de": "am {d}. {m} {y}", "it": "il {d} {m} {y}",
       "en": "on {d} {m} {y}"}
FRAMES = {
    "sv": ["{P} besökte {L} {D} för att tala om hamnen.", "Enligt {O} väntas arbetet i {L} ta två år.",
           "”Vi måste börja om från början”, säger {P}.", "– Det här är ett stort steg för {L}, sade {P} i går.",
           "Kommunen har ännu inte svarat på frågorna om vattnet och vägarna.",
           "{P} och {P} möttes i {L} förra veckan, uppger {O}.", "Priset steg med fyra procent, skriver {O} i en rapport."],
    "nb": ["{P} besøkte {L} {D} for å snakke om havna.", "Ifølge {O} ventes arbeidet i {L} å ta to år.",
           "«Vi må begynne helt på nytt», sier {P}.", "– Dette er et stort skritt for {L}, sa {P} i går.",
           "Kommunen har ennå ikke svart på spørsmålene om vannet og veiene.", "{P} og {P} møttes i {L} i forrige uke, opplyser {O}."],
    "da": ["{P} besøgte {L} {D} for at tale om havnen.", "Ifølge {O} ventes arbejdet i {L} at tage to år.",
           "»Vi må begynde helt forfra,« siger {P}.", "- Det er et stort skridt for {L}, sagde {P} i går.",
           "Kommunen har endnu ikke svaret på spørgsmålene om vandet og vejene.", "{P} og {P} mødtes i {L} i sidste uge, oplyser {O}."],
    "de": ["{P} besuchte {D} {L}, um über den Hafen zu sprechen.", "Laut {O} sollen die Arbeiten in {L} zwei Jahre dauern.",
           "„Wir müssen ganz von vorn anfangen“, sagte {P}.", "„Für {L} ist das ein großer Schritt“, erklärte {P} gestern.",
           "Die Gemeinde hat auf die Fragen zu Wasser und Straßen noch nicht geantwortet.",
           "{P} und {P} trafen sich in der vergangenen Woche in {L}, teilte {O} mit."],
    "it": ["{P} ha visitato {L} {D} per parlare del porto.", "Secondo {O} i lavori a {L} dureranno due anni.",
           "«Dobbiamo ricominciare da capo», ha detto {P}.", "«Per {L} è un grande passo», ha dichiarato ieri {P}.",
           "Il comune non ha ancora risposto alle domande sull'acqua e sulle strade.", "{P} e {P} si sono incontrati a {L} la settimana scorsa."],
    "en": ["{P} visited {L} {D} to speak about the harbour.", "According to {O} the work in {L} will take two years.",
           "“We have to start again from the beginning,” said {P}.", "“This is a big step for {L},” {P} told {O} yesterday.",
           "The council has not yet answered the questions about the water and the roads.", "{P} and {P} met in {L} last week, {O} said."],
}


def people(rng, count):
    return ["%s %s%s" % (rng.choice(GIVEN), rng.choice(STEMS), rng.choice(ENDS)) for _ in range(count)]


def zipf(rng, items):
    return items[min(int(len(items) ** rng.random()) - 1 if len(items) > 1 else 0, len(items) - 1)]


def article(rng, number, size, persons):
    lang = rng.choice(list(FRAMES))
    year, month, day = rng.randint(1998, 2024), rng.randint(1, 12), rng.randint(1, 28)
    cast = [zipf(rng, persons) for _ in range(4)]
    lines = ["%s: %s, %s" % (rng.choice(PLACES), zipf(rng, ORGS), number), "", "%04d-%02d-%02d" % (year, month, day), ""]
    length, paragraph = sum(len(l) + 1 for l in lines), []
    while length < size:
        frame = rng.choice(FRAMES[lang])
        while "{P}" in frame:
            person = rng.choice(cast)
            frame = frame.replace("{P}", person if rng.random() < 0.5 else person.split()[1], 1)
        when = DAY[lang].format(d=rng.randint(1, 28), m=rng.choice(MONTHS[lang]), y=year - rng.randint(0, 3))
        text = frame.replace("{L}", zipf(rng, PLACES)).replace("{O}", zipf(rng, ORGS)).replace("{D}", when)
        paragraph.append(text)
        length += len(text.encode()) + 1
        if len(paragraph) >= rng.randint(2, 5):
            lines += [" ".join(paragraph), ""]
            paragraph = []
    return "\n".join(lines + [" ".join(paragraph), ""])


def main():
    root, count = sys.argv[1], int(sys.argv[2])
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    persons = people(rng, max(200, count // 5))
    for i in range(count):
        folder = os.path.join(root, "%04d" % (i // 1000))
        if i % 1000 == 0:
            os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "%07d.txt" % i), "w", encoding="utf-8", newline="\n") as out:
            out.write(article(rng, i, size, persons))


if __name__ == "__main__":
    main()
