/* SPDX-License-Identifier: MIT */
/* The schema: configuration as typed tables. Each section of the configuration is a list of
 * parameters, ended by a zeroed entry, and a plain C struct that receives the values at the given
 * offsets. Parsing, messages, help, the defaults file, the effective configuration and the cache
 * key all come from these tables. */
#ifndef VV_CONFIG_SCHEMA_H
#define VV_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "config/diagnostics.h"
#include "config/tree.h"

enum vv_param_type {              /* C type at the offset */
    VV_PARAM_INT,                 /* int64_t */
    VV_PARAM_FLOAT,               /* double */
    VV_PARAM_BOOL,                /* bool */
    VV_PARAM_TEXT,                /* char *; NULL when absent */
    VV_PARAM_PATH,                /* char *; relative paths resolved against the file's folder */
    VV_PARAM_CHOICE,              /* int: position in `choices` */
    VV_PARAM_SIZE,                /* int64_t, bytes */
    VV_PARAM_TIME,                /* double, seconds */
    VV_PARAM_INTS,                /* struct vv_ints; a single value is a list of one */
    VV_PARAM_FLOATS,              /* struct vv_floats */
    VV_PARAM_TEXTS,               /* struct vv_texts */
    VV_PARAM_CHOICES,             /* unsigned: bit i set when choice i is listed */
    VV_PARAM_TREE,                /* const struct vv_node *: what was written, as it is; borrowed */
    VV_PARAM_SECTION,             /* a nested struct, described by `fields` */
    VV_PARAM_MAP                  /* struct vv_map of nested structs under names the user chooses */
};

struct vv_ints { int n; int64_t *v; };
struct vv_floats { int n; double *v; };
struct vv_texts { int n; char **v; };
struct vv_map { int n; char **name; void *items; }; /* items: [n] structs of `item_size` bytes */

/* What a parameter means for the key of what is computed with it. */
enum vv_param_role {
    VV_ROLE_KEY = 0, /* another value, another result */
    VV_ROLE_NONE,    /* leads to inputs, whose content has digests of its own */
    VV_ROLE_MOST,    /* an INT: a result made with a larger one contains that of a smaller one */
};

struct vv_param {
    const char *key;
    enum vv_param_type type;
    size_t offset;               /* offsetof in the struct of the section */
    const char *unit;            /* shown in help; NULL when none */
    const char *standard;        /* default, as YAML text ("100", "[10, 30]", "euclidean");
                                  * NULL: absent (lists empty, text NULL, numbers zero) */
    bool required;               /* absence is an error */
    double minimum, maximum;     /* bounds, inclusive, for each number; both 0: unbounded */
    const char *const *choices;  /* ended by NULL */
    const char *help;            /* one sentence; mandatory */
    const struct vv_param *fields; /* of a SECTION or of a MAP's items */
    size_t item_size;            /* sizeof the nested struct */
    size_t present;              /* SECTION: offset, in the nested struct, of a bool that tells
                                  * whether the section was given; 0: none (never put it first) */
    enum vv_param_role role;
};

/* Local. Fills *values (zeroed, caller's struct of this section) from the mapping `node`; a NULL
 * node gives the defaults. Everything wrong is added to `d` (unknown keys with suggestions, types,
 * bounds, choices, missing keys); parsing goes on so that all errors come at once. `path` is the
 * dotted path of the section, for messages. Only lack of memory returns a failure. */
enum vv_status vv_schema_parse(const struct vv_param *params, const struct vv_node *node,
                               const char *path, void *values, struct vv_diagnostics *d);

/* Local. Frees what parsing allocated inside *values. */
void vv_schema_release(const struct vv_param *params, void *values);

/* Local. Appends the section as YAML, indented by `indent` blanks: every key with its value in
 * canonical form, in table order. With `node`, each line ends in a comment telling its origin:
 * "# config.yml:12", "# command line", "# default". */
void vv_schema_write(const struct vv_param *params, const void *values, const struct vv_node *node,
                     int indent, struct vv_strbuf *out);

/* Local. Appends what the key of a result depends on, as vv_schema_write does; without parameters of role
 * MOST unless asked for. */
void vv_schema_write_key(const struct vv_param *params, const void *values, bool with_most,
                         struct vv_strbuf *out);

/* Local. The parameter at a dotted path; for the name of an item of a MAP that MAP. *missing, if there is none:
 * "unknown key 'stages.knn.kk'; did you mean 'stages.knn.k'?". */
const struct vv_param *vv_schema_find(const struct vv_param *params, const char *path, struct vv_strbuf *missing);

/* Local. Whether there are further keys below a parameter. */
bool vv_schema_nested(const struct vv_param *p);

/* Local. Appends the value that a leaf gets from a node (from none: its default) as vv_schema_write does. What is
 * wrong goes to `d`, with `path` in front. */
enum vv_status vv_schema_canonical(const struct vv_param *p, const struct vv_node *node, const char *path,
                                   struct vv_strbuf *out, struct vv_diagnostics *d);

/* Local. The parameter of role MOST, or NULL. */
const struct vv_param *vv_schema_most(const struct vv_param *params);

/* Local. Appends every key there is, each under its help as a comment: the reference of all keys. Unlike
 * vv_schema_write it shows sections that are absent, too. */
void vv_schema_write_reference(const struct vv_param *params, const void *values, int indent,
                               struct vv_strbuf *out);

/* Local. Appends what a parameter takes, on one line: type, choices, unit, bounds, default. */
void vv_schema_describe(const struct vv_param *p, struct vv_strbuf *out);

/* Local. Calls `visit` for each parameter there is, sections before what is in them, with its dotted path; what the
 * user names is NAME in it. path: of the section, "" for the whole. */
typedef void (*vv_schema_visit_fn)(const char *path, const struct vv_param *p, void *data);
void vv_schema_visit(const struct vv_param *params, const char *path, vv_schema_visit_fn visit, void *data);

/* Local. Appends the help of a section for people: key, type, unit, default, bounds, choices. */
void vv_schema_help(const struct vv_param *params, int indent, struct vv_strbuf *out);

#endif
