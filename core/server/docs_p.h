// docs_p: what the files of docs share. Loop thread.
//   docs.c      the open documents, their text and its edits
//   docs_job.c  the work on them, on libuv's pool
#pragma once

#include "server/docs.h"

struct Docs {
  uv_loop_t *loop;
  DocsEvents events;
  const Pipeline *pipeline; // NULL: not there yet
  Host *host;               // the scripts; NULL: none
  Encoding enc;
  EolRule eol;
  bool publish, reported;
  uint64_t serial;
  SettingsFrom settings;
  cJSON *editor;    // its settings; NULL: none
  DocJob *tags_job; // the one there is: the scripts see one article at a time; NULL: none
  VEC_OF(Document *) open;
};

// --- docs.c

void docs_document_free(Document *doc);

// --- docs_job.c

bool docs_has_job(const Document *doc); // it may not be freed before
// Start on the newest text, unless that is done or there is a job, whose end comes back here.
void docs_annotate(Docs *self, Document *doc);
// The same, with a job that is at work on an older text told to stop.
void docs_annotate_anew(Docs *self, Document *doc);
// Ask the scripts about findings they have not seen, unless they are still at work on others; that job's end
// comes back here.
void docs_ask_scripts(Docs *self, Document *doc);
// Lay over what people decided since the findings were made. Short: what is found is not looked for again.
void docs_lay_people(Docs *self, Document *doc);
void docs_cancel(Document *doc); // the annotating of it, which ends soon
