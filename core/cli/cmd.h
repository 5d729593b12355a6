// cmd: the verbs of the command line. Each takes its own arguments (argv[0] is the verb) and returns the
// exit status: EXIT_DONE, EXIT_PARTLY (some input could not be used: said on standard error, the rest
// done), EXIT_USAGE. Main thread.
#pragma once

enum { EXIT_DONE = 0, EXIT_PARTLY = 1, EXIT_USAGE = 2 };

int cmd_annotate(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_lsp(int argc, char **argv);
int cmd_index(int argc, char **argv);
int cmd_entities(int argc, char **argv);
int cmd_mentions(int argc, char **argv);
int cmd_quotes(int argc, char **argv);
int cmd_timeline(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_new_tagger(int argc, char **argv);
int cmd_trust(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_merge_driver(int argc, char **argv);
