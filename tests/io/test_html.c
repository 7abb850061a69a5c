/* SPDX-License-Identifier: MIT */
/* HTML: texts made harmless, numbers that stand under each other, sheets as tables, drawings without anything else. */
#include <math.h>

#include "base/rng.h"
#include "io/html.h"
#include "io/html_number.h"
#include "io/html_svg.h"
#include "io/html_table.h"
#include "vv_test.h"

static struct vv_strbuf out;

/* What is in the buffer since the last time. */
static const char *taken(void)
{
    static char text[8192];
    assert_false(out.failed);
    assert_true(out.length < sizeof text);
    memcpy(text, out.text, out.length + 1);
    vv_strbuf_reset(&out);
    return text;
}

static const char *escaped(const char *text)
{
    vv_html_text(text, &out);
    return taken();
}

static void markup_in_texts_is_escaped(void **state)
{
    (void)state;
    assert_string_equal(escaped("<script>alert('a' && \"b\")</script>"),
                        "&lt;script&gt;alert(&#39;a&#39; &amp;&amp; &quot;b&quot;)&lt;/script&gt;");
    assert_string_equal(escaped("tab\tand\nline"), "tab\tand\nline");
    assert_string_equal(escaped("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    assert_string_equal(escaped(NULL), "");
    vv_html_name("<b>", &out);
    assert_string_equal(taken(), "<bdi>&lt;b&gt;</bdi>");
    vv_html_id("a/b \"c", &out);
    assert_string_equal(taken(), "a-b--c");
}

#define BAD "\xef\xbf\xbd"
static void what_is_no_text_is_replaced(void **state)
{
    (void)state;
    assert_string_equal(escaped("\x01\x1b\x7f"), BAD BAD BAD);
    assert_string_equal(escaped("a\xff" "b\xc3"), "a" BAD "b" BAD);               /* stray, cut off */
    assert_string_equal(escaped("\xc0\xbc\xe0\x80\xbc"), BAD BAD BAD BAD BAD);    /* '<' in too many bytes */
    assert_string_equal(escaped("\xed\xa0\x80"), BAD BAD BAD);                    /* a surrogate */
    assert_string_equal(escaped("\xf4\x90\x80\x80"), BAD BAD BAD BAD);            /* beyond the last character */
    assert_string_equal(escaped("\xc2\x85\xef\xbf\xbe"), BAD BAD);                /* a control, a noncharacter */
    assert_string_equal(escaped("\xe2\x80\xae" "x\xe2\x81\xa6"), BAD "x" BAD);      /* direction turned */
    assert_string_equal(escaped("\xe2\x82<"), BAD BAD "&lt;");                    /* what follows is not swallowed */
}

static const char *number(const struct vv_html_number *style, double value, double error)
{
    const struct vv_html_value v = {value, error, NAN, NAN};
    vv_html_number_write(style, &v, &out);
    return taken();
}

static void numbers_have_the_decimals_that_errors_allow(void **state)
{
    const struct vv_html_value some[] = {{10.0412, 0.0313, NAN, NAN}, {6.5, 0.0187, NAN, NAN}, {-0.0001, NAN, NAN, NAN},
                                         {NAN, NAN, NAN, NAN}, {7.0, 12.5, NAN, NAN}};
    struct vv_html_number style;
    (void)state;
    vv_assert_ok(vv_html_number_style(some, 5, &style));
    assert_int_equal(style.decimals, 3); /* 0.0313 is the middle one */
    assert_string_equal(number(&style, 10.0412, 0.0313),
                        "10.041 <small>\xc2\xb1 \xe2\x80\x87" "0.031</small>"); /* as wide as 12.500 */
    assert_string_equal(number(&style, -1.5, 12.5), "\xe2\x88\x92" "1.500 <small>\xc2\xb1 12.500</small>");
    assert_string_equal(number(&style, NAN, 1.0), "\xe2\x80\x93");
    assert_string_equal(number(&style, -0.0001, 12.5), "0.000 <small>\xc2\xb1 12.500</small>");
    const struct vv_html_value interval = {0.8333, NAN, 0.7, 0.9667};
    vv_html_number_fix(&interval, 1, 3, &style);
    vv_html_number_write(&style, &interval, &out);
    assert_string_equal(taken(), "0.833 <small>[0.700, 0.967]</small>");
}

static void numbers_without_errors_have_four_digits(void **state)
{
    const struct vv_html_value whole[] = {{3000, NAN, NAN, NAN}, {7, NAN, NAN, NAN}};
    const struct vv_html_value plain[] = {{0.7345678, NAN, NAN, NAN}, {0.1, NAN, NAN, NAN}};
    const struct vv_html_value spread[] = {{1.25e-9, NAN, NAN, NAN}, {0.5, NAN, NAN, NAN}};
    struct vv_html_number style;
    (void)state;
    vv_assert_ok(vv_html_number_style(whole, 2, &style));
    assert_string_equal(number(&style, 3000, NAN), "3000");
    vv_assert_ok(vv_html_number_style(plain, 2, &style));
    assert_string_equal(number(&style, 0.1, NAN), "0.1000");
    vv_assert_ok(vv_html_number_style(spread, 2, &style));
    assert_string_equal(number(&style, 1.25e-9, NAN), "1.25e\xe2\x88\x92" "09");
    assert_string_equal(number(&style, INFINITY, NAN), "\xe2\x88\x9e");
}

static struct vv_column *add(struct vv_table *t, const char *name, enum vv_value type, const char *dim, int64_t n,
                             const char *dim_2, int64_t n_2)
{
    const struct vv_column_spec spec = {.name = name, .units = "1", .description = "about <it>", .type = type,
                                        .dims = {{dim, n}, {dim_2, n_2}}};
    struct vv_column *column;
    vv_assert_ok(vv_table_add(t, &spec, &column));
    return column;
}

/* Layers down, the second dimension across, values where they belong. */
static void a_sheet_becomes_a_table(void **state)
{
    struct vv_table t = {0};
    struct vv_csv_sheet *sheets;
    int n;
    (void)state;
    struct vv_column *const names = add(&t, "layers/name", VV_TEXT, "layer", 2, NULL, 0);
    vv_assert_ok(vv_column_set_text(names, 0, "<a>"));
    vv_assert_ok(vv_column_set_text(names, 1, "b"));
    struct vv_column *const k = add(&t, "c/k", VV_I64, "c/k", 3, NULL, 0);
    struct vv_column *const value = add(&t, "c/n_used", VV_I64, "c/k", 3, "layer", 2);
    struct vv_column *const note = add(&t, "c/note", VV_TEXT, "c/k", 3, "layer", 2); /* empty: not shown */
    for (int i = 0; i < 3; i++) k->i64[i] = 10 * (i + 1);
    for (int i = 0; i < 6; i++) value->i64[i] = 100 + i;
    assert_non_null(note);
    vv_assert_ok(vv_csv_sheets(&t, &sheets, &n));
    assert_int_equal(n, 2);
    assert_int_equal(vv_html_sheet_cells(&sheets[1]), 6);
    vv_html_sheet_quantities(&sheets[1], &out);
    assert_string_equal(taken(), "n used");
    vv_assert_ok(vv_html_sheet(&sheets[1], &out));
    const char *const text = taken();
    assert_non_null(strstr(text, "<th scope=\"col\">10</th><th scope=\"col\">20</th><th scope=\"col\">30</th>"));
    assert_non_null(strstr(text, "<span class=\"i\">0</span> <bdi>&lt;a&gt;</bdi></th>"
                                 "<td>100</td><td>102</td><td>104</td>"));
    assert_non_null(strstr(text, "<span class=\"i\">1</span> <bdi>b</bdi></th><td>101</td><td>103</td><td>105</td>"));
    assert_non_null(strstr(text, "<dd>about &lt;it&gt;</dd>"));
    vv_csv_release(&sheets, n);
    vv_table_release(&t);
}

static const char *drawn(const char *text, bool good)
{
    const char *why = NULL;
    assert_int_equal(vv_html_svg(text, strlen(text), "f1-", "a \"label\"", &out, &why), good);
    assert_true(good ? why == NULL : why != NULL && out.length == 0);
    return taken();
}

static void a_drawing_fits_into_a_page(void **state)
{
    (void)state;
    assert_string_equal(
        drawn("<?xml version='1.0'?>\n<!-- by a program --><!DOCTYPE svg>\n"
              "<svg width='9' height='9' viewBox=\"0 0 9 9\"><title>Gnuplot</title><desc>x<g/></desc>"
              "<defs><circle id='a' r='1'/></defs><use xlink:href='#a' class='bar' fill='url(#b)' width='2'/>"
              "<text>1 &lt; 2 &amp; 3 &#8805; 2 &bad; > '</text></svg>\n", true),
        "<svg role=\"img\" aria-label=\"a &quot;label&quot;\" viewBox=\"0 0 9 9\">"
        "<defs><circle id=\"f1-a\" r=\"1\"></circle></defs>"
        "<use xlink:href=\"#f1-a\" fill=\"url(#f1-b)\" width=\"2\"></use>"
        "<text>1 &lt; 2 &amp; 3 \xe2\x89\xa5 2 &amp;bad; &gt; &#39;</text></svg>");
    const char with_title[] = "<svg><title>ID of &lt;layers&gt; here</title></svg>";
    const char without[] = "<svg><title>Gnuplot</title></svg>";
    const char further_in[] = "<svg><g><title>the first curve</title></g></svg>";
    vv_html_svg_title(with_title, strlen(with_title), &out);
    assert_string_equal(taken(), "ID of <layers> here");
    vv_html_svg_title(without, strlen(without), &out);
    vv_html_svg_title(further_in, strlen(further_in), &out);
    assert_string_equal(taken(), "");
}

static void nothing_but_a_drawing_gets_into_a_page(void **state)
{
    static const char *const bad[] = {
        "", " ", "text", "<svg>", "<svg/><svg/>", "<svg></g></svg>", "<svg><g></svg></g>", "<svg><g a></g></svg>",
        "<svg><g a='1></g></svg>", "<svg><g a=1></g></svg>", "<p></p>", "<svg><svg/></svg>", "<svg/>text",
        "<svg><script>window.pwned = 1</script></svg>", "<svg><SCRIPT/></svg>", "<svg><foreignObject/></svg>",
        "<svg onload='pwned = 1'/>", "<svg><g OnClick='pwned = 1'/></svg>", "<svg><a href='x'/></svg>",
        "<svg><use href='other.svg#a'/></svg>", "<svg><image href='http://somewhere/x.png'/></svg>",
        "<svg><use xlink:href='java&#115;cript:pwned=1'/></svg>", "<svg><g fill='url(http://somewhere)'/></svg>",
        "<svg><g style='fill:url(&#104;ttp://x)'/></svg>", "<svg><style>@import 'x'</style></svg>",
        "<svg><use HREF='other.svg#a'/></svg>", "<svg><image xlink:Href='http://somewhere/x.png'/></svg>",
        "<svg><g fill='URL(http://somewhere)'/></svg>", "<svg><g style='fill:u\\72l(http://x)'/></svg>",
        "<svg><g style='mask-image:Image-Set(&quot;http://x&quot; 1x)'/></svg>",
        "<svg><g style='background:src(\"x\")'/></svg>",
        "<svg><image href='data:image/svg+xml;base64,PHN2Zy8+'/></svg>", "<svg><![CDATA[<script>]]></svg>",
        "<!DOCTYPE svg [<!ENTITY a '<script>'>]><svg>&a;</svg>", "<svg><animate attributeName='href'/></svg>",
        "<svg><!-- never ends </svg>", "<svg><g/", "<svg", "<"};
    char deep[1000] = "<svg>";
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) drawn(bad[i], false);
    for (int i = 0; i < 100; i++) strncat(deep, "<g>", sizeof deep - strlen(deep) - 1);
    drawn(deep, false);
    assert_string_equal(drawn("<svg><use HREF='#a' ID='b' fill='Url(#c)' CLASS='d'/></svg>", true),
                        "<svg role=\"img\" aria-label=\"a &quot;label&quot;\"><use HREF=\"#f1-a\" ID=\"f1-b\" "
                        "fill=\"Url(#f1-c)\"></use></svg>");
    assert_string_equal(drawn("<svg a='\"&gt;&lt;script>'></svg>", true),
                        "<svg role=\"img\" aria-label=\"a &quot;label&quot;\" a=\"&quot;&gt;&lt;script&gt;\"></svg>");
}

/* Whether everything that is opened is closed, nothing starts that a drawing does not have, and nothing acts. */
static bool is_harmless(const char *text)
{
    static const char *const names[] = {"svg", "g", "use", "path", "circle", "text", "defs", "title"};
    int open = 0;
    for (const char *p = text; (p = strchr(p, '<')); p++) {
        const bool end = p[1] == '/';
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const size_t n = strlen(names[i]);
            known = known || (strncmp(p + 1 + end, names[i], n) == 0 && strchr(" >", p[1 + end + n]));
        }
        char tag[600] = "";
        snprintf(tag, sizeof tag, "%.*s", (int)strcspn(p, ">"), p);
        if (!known || strstr(tag, "=\"url(h") || strstr(tag, " href=\"j")) return false;
        open += end ? -1 : 1;
    }
    return open == 0 && !strstr(text, "\" on");
}

/* Bytes changed at random, and pieces of what is not wanted thrown in. */
static void changed_drawings_are_refused_or_harmless(void **state)
{
    static const char drawing[] = "<?xml?><svg viewBox='0 0 9 9'><title>a b</title><defs><circle id='a'/></defs>"
                                  "<g fill='url(#a)'><use href='#a'/><text>1 &lt; &#x32;</text></g>"
                                  "<path d='M1,2'/></svg>";
    static const char *const thrown[] = {"<script>", "</script>", " onload='x'", "<", ">", "/", "'", "&#60;",
                                         "url(http:", "<!--", "-->", "<g>", "</g>", "href='javascript:'", "<![CDATA[",
                                         "\xff", "=", "</svg>", "<?"};
    const uint32_t stream = vv_rng_stream("drawings");
    int n_good = 0;
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        char text[400];
        size_t n = strlen(drawing);
        memcpy(text, drawing, n);
        for (uint32_t c = 0; c < 1 + i % 3; c++) {
            const size_t at = (size_t)(vv_rng_uniform(1, stream, i, 4 * c) * (double)n);
            const char *const piece = thrown[(size_t)(vv_rng_uniform(1, stream, i, 4 * c + 1) * 19.0)];
            const size_t length = strlen(piece), over = vv_rng_uniform(1, stream, i, 4 * c + 2) < 0.5 ? length : 0;
            if (at + over > n) continue;
            memmove(text + at + length, text + at + over, n - at - over);
            memcpy(text + at, piece, length);
            n += length - over;
        }
        char *const exact = malloc(n); /* so that reading past the end is seen */
        const char *why;
        memcpy(exact, text, n);
        const bool good = vv_html_svg(exact, n, "f", "label", &out, &why);
        free(exact);
        n_good += good;
        if (good != (out.length > 0) || !is_harmless(out.text)) fail_msg("%.*s became %s", (int)n, text, out.text);
        vv_strbuf_reset(&out);
    }
    assert_true(n_good > 100 && n_good < 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_in_texts_is_escaped),
        cmocka_unit_test(what_is_no_text_is_replaced),
        cmocka_unit_test(numbers_have_the_decimals_that_errors_allow),
        cmocka_unit_test(numbers_without_errors_have_four_digits),
        cmocka_unit_test(a_sheet_becomes_a_table),
        cmocka_unit_test(a_drawing_fits_into_a_page),
        cmocka_unit_test(nothing_but_a_drawing_gets_into_a_page),
        cmocka_unit_test(changed_drawings_are_refused_or_harmless),
    };
    vv_strbuf_init(&out);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vv_strbuf_release(&out);
    return failed;
}
