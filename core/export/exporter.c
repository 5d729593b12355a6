#include "export/exporter.h"

static const Exporter *const g_exporters[] = {&g_export_csv,           &g_export_conll, &g_export_brat,
                                              &g_export_webannotation, &g_export_html,  &g_export_tei,
                                              &g_export_jsonl};

const Exporter *exporter_find(const char *name)
{
  for (size_t i = 0; i < ARRAY_LEN(g_exporters); i++) {
    if (!strcmp(g_exporters[i]->name, name)) return g_exporters[i];
  }
  return NULL;
}

void exporter_write(const Exporter *exporter, StrBuf *out, const char *path, const Snapshot *text,
                    const Annotations *found)
{
  Arena scratch = {0};
  Offsets *offsets = offsets_new(text, exporter->enc);
  Exported article = {path, text, found, offsets, &scratch};
  exporter->article(out, &article);
  offsets_free(offsets);
  arena_release(&scratch);
}

Str exported_text(const Exported *article, size_t start, size_t end)
{
  return snapshot_read(article->text, start, end, article->scratch);
}
