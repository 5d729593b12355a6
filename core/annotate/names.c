#include "annotate/names.h"
struct Names { int unused; };
Names *names_new(const char *dir, Error *err) { (void)dir, (void)err; return xcalloc(1, sizeof(Names)); }
void names_free(Names *self) { free(self); }
void names_find(const Names *self, struct Notes *notes) { (void)self, (void)notes; }
