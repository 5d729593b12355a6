#!/usr/bin/env python3
"""tests/people/webannotation.py <pages.jsonl: pages of W3C Web Annotations, one a line, beside what the Recommendation asks
(Web Annotation Data Model and Vocabulary, 2017-02-23), in two ways: their JSON by a schema, and the graph that a JSON-LD
processor makes of them under the terms of http://www.w3.org/ns/anno.jsonld. Those terms and the rules are facts of the
Recommendation, written down here, so that nothing is fetched. Needs python3-jsonschema and python3-rdflib; without them it
ends with status 3."""
import json
import sys

try:
    import jsonschema
    import rdflib
except ImportError as missing:
    print(missing)
    sys.exit(3)

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
OA, AS, RDF = ("http://www.w3.org/ns/oa#", "http://www.w3.org/ns/activitystreams#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
# The motivations of the vocabulary, which are purposes, too (model, 3.3.5).
MOTIVATIONS = ("assessing bookmarking classifying commenting describing editing highlighting identifying linking moderating "
               "questioning replying tagging").split()

# --- the JSON (model, 3.1, 3.2.4, 4.2.4, 4.2.5, 5.2)

IRI = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:[^ <>\"{}|\\\\^`]+$"}
SELECTORS = {
    "TextQuoteSelector": {"exact": {"type": "string", "minLength": 1}, "prefix": {"type": "string"}, "suffix": {"type": "string"}},
    "TextPositionSelector": {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 0}},
}
MUST = {"TextQuoteSelector": ["exact"], "TextPositionSelector": ["start", "end"]}
SCHEMA = {
    "type": "object", "required": ["@context", "id", "type", "items"], "additionalProperties": False,
    "properties": {
        "@context": {"const": CONTEXT}, "id": IRI, "type": {"const": "AnnotationPage"},
        "startIndex": {"type": "integer", "minimum": 0},
        "items": {"type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["id", "type", "target"], "additionalProperties": False,
            "properties": {
                "id": IRI, "type": {"const": "Annotation"}, "motivation": {"enum": MOTIVATIONS},
                "body": {"type": "array", "minItems": 1, "items": {
                    "type": "object", "required": ["type", "value"], "additionalProperties": False,
                    "properties": {"type": {"const": "TextualBody"}, "value": {"type": "string"}, "purpose": {"enum": MOTIVATIONS}}}},
                "target": {
                    "type": "object", "required": ["source", "selector"], "additionalProperties": False,
                    "properties": {
                        "source": {"type": "string", "format": "uri-reference", "minLength": 1},
                        "selector": {"type": "array", "minItems": 1, "items": {"oneOf": [
                            {"type": "object", "additionalProperties": False, "required": ["type"] + MUST[name],
                             "properties": {"type": {"const": name}, **members}} for name, members in SELECTORS.items()]}}}}}}}}}

# --- the graph: what the context calls the terms (vocabulary, 3)

LINKS = {"body": OA + "hasBody", "target": OA + "hasTarget", "source": OA + "hasSource", "selector": OA + "hasSelector"}
WORDS = {"motivation": OA + "motivatedBy", "purpose": OA + "hasPurpose"}
VALUES = {"start": OA + "start", "end": OA + "end", "exact": OA + "exact", "prefix": OA + "prefix", "suffix": OA + "suffix",
          "value": RDF + "value", "startIndex": AS + "startIndex"}
CLASSES = {"Annotation": OA + "Annotation", "AnnotationPage": AS + "OrderedCollectionPage",
           **{name: OA + name for name in ("TextualBody", "TextQuoteSelector", "TextPositionSelector")}}
TERMS = {"id": "@id", "type": "@type", "items": {"@id": AS + "items", "@type": "@id", "@container": "@list"},
         **{term: {"@id": iri, "@type": "@id"} for term, iri in LINKS.items()},
         **{term: {"@id": iri, "@type": "@vocab"} for term, iri in WORDS.items()},
         **VALUES, **CLASSES, **{word: OA + word for word in MOTIVATIONS}}


def graph_of(page):
    assert page["@context"] == CONTEXT, page["@context"]
    told = rdflib.Graph()
    told.parse(data=json.dumps(dict(page, **{"@context": TERMS})), format="json-ld", base="http://example.org/press/")
    return told


def check_graph(graph, page):
    oa = rdflib.Namespace(OA)
    kind = rdflib.RDF.type
    annotations = list(graph.subjects(kind, oa.Annotation))
    assert len(annotations) == len(page["items"]) == len(set(annotations)), (len(annotations), len(page["items"]))
    for one in annotations:
        assert isinstance(one, rdflib.URIRef), one
        target, = graph.objects(one, oa.hasTarget)  # one or more; ours have one
        source, = graph.objects(target, oa.hasSource)
        assert isinstance(source, rdflib.URIRef) and str(source).startswith("http://example.org/press/"), source
        motivations = set(graph.objects(one, oa.motivatedBy))
        assert motivations and motivations <= {oa[word] for word in MOTIVATIONS}, motivations
        for body in graph.objects(one, oa.hasBody):
            assert (body, kind, oa.TextualBody) in graph and len(list(graph.objects(body, rdflib.RDF.value))) == 1, body
            assert set(graph.objects(body, oa.hasPurpose)) <= {oa[word] for word in MOTIVATIONS}
        kinds = set()
        for selector in graph.objects(target, oa.hasSelector):
            name, = graph.objects(selector, kind)
            kinds.add(name)
            if name == oa.TextPositionSelector:
                (start,), (end,) = graph.objects(selector, oa.start), graph.objects(selector, oa.end)
                assert start.datatype == rdflib.XSD.integer and 0 <= start.value < end.value, (start, end)
            else:
                assert name == oa.TextQuoteSelector and len(list(graph.objects(selector, oa.exact))) == 1, name
                assert len(list(graph.objects(selector, oa.prefix))) <= 1 and len(list(graph.objects(selector, oa.suffix))) <= 1
        assert kinds == {oa.TextPositionSelector, oa.TextQuoteSelector}, kinds


def main():
    ids = set()
    for line in sys.stdin:
        page = json.loads(line)
        jsonschema.Draft7Validator(SCHEMA).validate(page)
        graph = graph_of(page)
        check_graph(graph, page)
        fresh = {page["id"], *(one["id"] for one in page["items"])}
        assert len(fresh) == 1 + len(page["items"]) and not fresh & ids, "ids are not unique"
        ids |= fresh
        print("%s: %d annotations, %d triples" % (page["id"], len(page["items"]), len(graph)))


main()
