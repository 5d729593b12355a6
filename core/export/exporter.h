// exporter: annotated articles in the formats of other tools. Each says in which unit it counts.
// Any thread; an exporter writes into the caller's buffer and keeps nothing.
#pragma once

#include "annotate/pipeline.h"
#include "text/offsets.h"

typedef struct Exported { // one article, as exporters see it; borrowed
  const char *path;       // for people; "-" where there is none
  const Snapshot *text;
  const Annotations *found;
  const Offsets *offsets; // of the exporter's unit
  Arena *scratch;
} Exported;

typedef struct Exporter {
  const char *name;           // of --format
  Encoding enc;               // the unit of its offsets
  const char *about;          // one line
  void (*begin)(StrBuf *out); // once, before the first article; may be NULL
  void (*article)(StrBuf *out, const Exported *article);
  void (*end)(StrBuf *out); // may be NULL
} Exporter;

extern const Exporter g_export_csv, g_export_conll, g_export_brat, g_export_webannotation, g_export_html,
    g_export_tei, g_export_jsonl;

const Exporter *exporter_find(const char *name); // NULL: no such format
// Write one article with `exporter`, making its offsets.
void exporter_write(const Exporter *exporter, StrBuf *out, const char *path, const Snapshot *text,
                    const Annotations *found);

// For exporters: the words of [start, end), borrowed until the article is written.
Str exported_text(const Exported *article, size_t start, size_t end);
