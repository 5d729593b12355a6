"""The reader's own marks, as far as the editors' tests need them: the commands of doc/protocol.md on one document, kept in
memory. Every command is also written down, so that a test sees what the editor asked."""
import copy
import re


class Refused(Exception):
    """The command cannot be done; the text is for the user."""


class Decisions:
    def __init__(self, document):
        self.document = document
        self.made, self.gone, self.changed = [], set(), {}  # spans; (start, kind); (start, kind) -> facts over the machine's
        self.state, self.past, self.future, self.told = "unread", [], [], None

    # --- what holds

    def apply(self, found):
        """The machine's spans with what was decided over them."""
        spans = []
        for start, end, facts in found:
            key = (start, facts["kind"])
            covered = any(a < end and start < b and made["kind"] == facts["kind"] for a, b, made in self.made)
            if key not in self.gone and not covered:
                spans.append((start, end, {**facts, **self.changed.get(key, {})}))
        spans += [(start, end, {**facts, "text": self.document.text[start:end]}) for start, end, facts in self.made]
        return sorted(spans, key=lambda span: (span[0], -span[1]))

    def status(self):
        spans = [facts for _, _, facts in self.document.find()]
        reviewed = sum(facts.get("verdict") in ("made", "accepted") for facts in spans)
        doubtful = sum(facts.get("verdict") is None and facts["confidence"] < 0.6 for facts in spans)
        return {"state": self.state, "reviewed": reviewed, "unreviewed": len(spans) - reviewed, "doubtful": doubtful,
                "rejected": len(self.gone), "orphans": 0, "undo": len(self.past), "redo": len(self.future)}

    # --- places

    def place(self, argument):
        """(start, end, facts or None) of what a command is about."""
        document = self.document
        if argument.get("range"):
            start, end = (document.offset(argument["range"][side]) for side in ("start", "end"))
            inside = [span for span in document.find() if span[:2] == (start, end)]
            return (start, end, inside[0][2] if inside else None)
        if argument.get("id"):
            return document.published[argument["id"]]
        at = document.offset(argument["position"])
        spans = [span for span in document.find() if span[0] <= at < span[1]
                 and argument.get("kind") in (None, span[2]["kind"])]
        if spans:
            return min(spans, key=lambda span: span[1] - span[0])
        for word in re.finditer(r"\w+", document.text):
            if word.start() <= at < word.end() and not argument.get("kind"):
                return (*word.span(), None)
        raise Refused("nothing is marked here")

    def same_words(self, start, end):
        words = re.escape(self.document.text[start:end])
        return [match.span() for match in re.finditer(rf"(?<!\w){words}(?!\w)", self.document.text)]

    # --- commands

    def run(self, name, argument):
        if name in ("undo", "redo"):
            return self.step(name)
        if name == "setState":
            self.state = argument["state"]
            return self.answer(1, "The article is " + self.state)
        start, end, facts = self.place(argument)
        places = self.same_words(start, end) if argument.get("scope") in ("article", "folder") else [(start, end)]
        if argument.get("preview"):
            return {"count": len(places), "articles": 1, "rows": [self.row(*place) for place in places]}
        if facts is None and name not in ("tag", "note"):
            raise Refused("nothing is marked here")
        self.past.append((copy.deepcopy(self.made), set(self.gone), dict(self.changed)))
        self.future = []
        for place in places:
            self.decide(name, argument, *place, facts)
        return self.answer(len(places), f"{name}: {len(places)} × {self.document.text[start:end]}")

    def row(self, start, end):
        text = self.document.text
        return {"uri": self.document.uri, "path": self.document.uri.rsplit("/", 1)[-1], "range": self.document.range(start, end),
                "left": text[max(0, start - 30):start].replace("\n", " "), "text": text[start:end],
                "right": text[end:end + 30].replace("\n", " "), "was": None}

    def decide(self, name, argument, start, end, facts):
        kind = facts["kind"] if facts else "entity"
        over = self.changed.setdefault((start, kind), {})
        if name == "tag":
            kind = {"PER": "entity", "ORG": "entity", "LOC": "entity", "DATE": "date", "direct": "quote"}.get(argument["type"], "tag")
            self.made = [span for span in self.made if span[:2] != (start, end) or span[2]["kind"] != kind]
            words = argument.get("name") or self.document.text[start:end]
            self.made.append((start, end, {"kind": kind, "type": argument["type"], "name": words, "confidence": 1, "by": "human",
                                           "entity": "name:" + words.lower(), "verdict": "made", "value": argument.get("value")}))
        elif name in ("untag", "reject"):
            self.gone.add((start, kind))
            self.made = [span for span in self.made if (span[0], span[2]["kind"]) != (start, kind)]
        elif name == "accept":
            over.update(verdict="accepted", by="human", confidence=1)
        elif name == "setSpeaker":
            over.update(verdict="made", by="human", speaker=None if argument.get("none") else {"name": argument["name"]})
        elif name == "note":
            over.update(verdict="noted", note=argument["text"])
        elif name == "renameEntity":
            over.update(name=argument["name"])
        else:
            raise Refused("the fake server cannot " + name)

    def step(self, name):
        source, target = (self.past, self.future) if name == "undo" else (self.future, self.past)
        if not source:
            raise Refused("nothing to " + name)
        target.append((self.made, self.gone, self.changed))
        self.made, self.gone, self.changed = source.pop()
        return self.answer(1, name)

    def answer(self, count, message):
        return {"count": count, "articles": 1, "message": message, "undo": len(self.past), "redo": len(self.future)}

    def people(self):
        names = {}
        for start, end, facts in self.document.find():
            if facts["kind"] == "entity" and facts["type"] != "LOC":
                names.setdefault(facts["name"], []).append((start, end, facts))
        return [{"name": name, "entity": spans[0][2]["entity"], "type": spans[0][2]["type"], "mentions": len(spans),
                 "range": self.document.range(*spans[0][:2])} for name, spans in names.items()]

    def decisions(self):
        found = [{"record": f"r{start}", "verdict": facts["verdict"], "kind": facts["kind"], "type": facts["type"],
                  "range": self.document.range(start, end), "text": facts["text"], "note": facts.get("note"), "time": ""}
                 for start, end, facts in self.document.find() if facts.get("verdict")]
        lost = {"record": "lost", "verdict": "made", "kind": "entity", "type": "PER", "range": None, "text": "Ulla", "time": "",
                "left": "sade ", "right": " till", "why": "the words are not there"}
        return [lost] + found
